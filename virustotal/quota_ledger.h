#ifndef VTLOOKUP_VIRUSTOTAL_QUOTA_LEDGER_H_
#define VTLOOKUP_VIRUSTOTAL_QUOTA_LEDGER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vtlookup {

// Two files to which each counted request is appended before it is made, so
// that no count is lost when the process ends, in whatever way, nor when one of
// the files does. (When the machine loses power, the last seconds may be.) One
// thread.
//
// PATH and PATH.copy hold the same sequence of records of 32 bytes,
// little-endian:
//   crc32 of all that follows: fixed32
//   type: fixed32
//   key: fixed64, FNV-1a of the key's name
//   time: fixed64, microseconds since 1970
//   a, b: fixed32 each, see Record
// The first is a kGeneration, which is written last when a file is rewritten,
// in place, one file after the other: at any moment one of them is whole. Zeros
// follow the last record. Both files are allocated in full when they are
// opened, so that counting goes on when the disk is full.
//
// Reading: of each record the copy that is sound counts, and where one file
// goes on for longer, its rest. Files of different generations are not mixed:
// the newer one counts if its first record is sound. A file that begins with
// another record was written by a version without generations, and counts
// before all others.
class QuotaLedger {
 public:
  struct Record {
    enum class Type : uint32_t {  // never renumber
      kCount = 1,                 // a request at `time`; a, b: in uptime
      kRefund = 2,  // the one counted at `time` was not made; a, b as there
      kPause = 3,   // nothing until `time`; the low byte of a: Quota::Window;
                    // the rest of it, and b: the same in uptime
      kUsed = 4,    // as of `time`; a: used of the day, b: of the month
      kMinute = 5,  // a request that ended at `time`; a, b: in uptime
      kGeneration = 6,   // a: number of the rewriting; key: boot of the machine
      kDayWindow = 7,    // ends at `time`, which is uptime; a: used
      kMonthWindow = 8,  // the same
      kAssumed = 9,      // of kUsed before it, what is assumed only; a, b alike
    };
    Type type;
    uint64_t key = 0;
    absl::Time time = absl::UnixEpoch();
    uint32_t a = 0;
    uint32_t b = 0;

    // Uptime in `a` and `b`; none in records of versions that had none.
    void SetUptime(absl::Duration uptime);
    std::optional<absl::Duration> uptime() const;
  };

  struct Options {
    std::string path;
    uint64_t boot_id = 0;  // BootId()
    // Verdicts are there, so a ledger must have been, too.
    bool expected = false;
  };

  // After so many bytes of records it should be rewritten. A month of the
  // public quota takes half of it.
  static constexpr size_t kLongest = 1U << 20;
  // What is allocated for each file.
  static constexpr size_t kAllocated = kLongest + (64U << 10);

  static uint64_t KeyOf(std::string_view name);

  // Opens both files, creating them when missing. FailedPrecondition when that
  // is not possible.
  static absl::StatusOr<std::unique_ptr<QuotaLedger>> Open(Options options);

  ~QuotaLedger();

  // What the files held when they were opened, oldest first, without the
  // kGeneration.
  const std::vector<Record>& records() const { return records_; }
  // Whether they are of this boot, so that uptimes in them mean something.
  bool same_boot() const { return same_boot_; }
  // Records that neither file had whole.
  uint64_t damaged() const { return damaged_; }
  // Records that one file had to lend to the other.
  uint64_t mended() const { return mended_; }
  // There was a ledger, or should have been, and nothing of it can be read.
  bool lost() const { return lost_; }

  // Replaces all records, as of `now`. False when that is not possible; then
  // one of the files still holds what they held.
  bool Rewrite(const std::vector<Record>& records, absl::Time now);

  // False when neither file can be written: then counts live in memory only.
  bool Append(const Record& record);

  size_t bytes() const { return bytes_; }
  // Records that no file has.
  uint64_t failed() const { return failed_; }

 private:
  using Slots = std::vector<std::optional<Record>>;
  struct File {
    int fd = -1;
    bool works = true;  // holds all that was written
  };

  explicit QuotaLedger(Options options) : options_(std::move(options)) {}

  absl::Status OpenFile(const std::string& path, File* file);
  void Read();
  Slots Merge(const Slots& better, const Slots& other);
  void TakeOver(const Slots& slots);
  bool RewriteFile(File& file, std::string_view head, std::string_view body);

  const Options options_;
  std::array<File, 2> files_;
  uint32_t generation_ = 0;
  size_t bytes_ = 0;
  uint64_t failed_ = 0;
  uint64_t damaged_ = 0;
  uint64_t mended_ = 0;
  bool lost_ = false;
  bool same_boot_ = false;
  std::vector<Record> records_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_QUOTA_LEDGER_H_
