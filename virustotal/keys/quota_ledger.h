#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_LEDGER_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_LEDGER_H_

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
// that no count is lost when the process ends, in whatever way, or when one of
// the files is damaged. (When the machine loses power, the counts of the last
// seconds may be lost.) One thread.
//
// PATH and PATH.copy hold the same sequence of records of 32 bytes,
// little-endian:
//   crc32 of the rest of the record: fixed32
//   type: fixed32
//   key: fixed64, FNV-1a of the key's name
//   time: fixed64, microseconds since 1970
//   a, b: fixed32 each, see Record
// The first record is a kGeneration. Files are rewritten in place, one after
// the other, and the first record of a file is written last, so that at any
// moment one of the two is whole. Zeros follow the last record. Both files are
// allocated in full when they are opened, so that counting goes on when the
// disk is full.
//
// When the files are read, the sound copy of each record counts; where one file
// is longer, so does its rest. Files of different generations are not mixed:
// the newer one counts if its first record is sound. A file that begins with a
// record of another type was written by a version without generations, and
// takes precedence over any other.
class QuotaLedger {
 public:
  struct Record {
    enum class Type : uint32_t {  // never renumber
      kCount = 1,                 // a request at `time`; a, b: in uptime
      kRefund = 2,       // the kCount with this `time`, a and b was never sent
      kPause = 3,        // no request until `time`; the low byte of a:
                         // Quota::Pause; the rest of a, and b: `time` in uptime
      kUsed = 4,         // as of `time`; a: used of the day, b: of the month
      kMinute = 5,       // a request that ended at `time`; a, b: in uptime
      kGeneration = 6,   // a: number of the rewriting; key: boot of the machine
      kDayWindow = 7,    // ends at `time`, which is uptime; a: used
      kMonthWindow = 8,  // ends at `time`, which is uptime; a: used
      kAssumed = 9,      // the part of the kUsed before it that was only
                         // assumed; a: of the day, b: of the month
      // The types of each calendar window are in kWindowSpecs
      // (quota_windows.h). Records of types above this one are damaged.
      kHighest = kAssumed,
    };
    Type type;
    uint64_t key = 0;
    absl::Time time = absl::UnixEpoch();
    uint32_t a = 0;
    uint32_t b = 0;

    // The uptime that `a` and `b` hold, in microseconds; none in records of
    // versions that did not write it.
    void SetUptime(absl::Duration uptime);
    std::optional<absl::Duration> uptime() const;
  };

  struct Options {
    std::string path;
    uint64_t boot_id = 0;  // BootId()
    // There is a store of verdicts, so there must have been a ledger, too.
    bool expected = false;
  };

  // With more bytes of records than this the ledger should be rewritten. A
  // month of the public quota takes half of it.
  static constexpr size_t kLongest = 1U << 20;
  // Bytes that are allocated for each file.
  static constexpr size_t kAllocated = kLongest + (64U << 10);

  static uint64_t KeyOf(std::string_view name);

  // Opens and reads both files, creating them when missing. FailedPrecondition,
  // fit for an operator, when a file cannot be opened.
  static absl::StatusOr<std::unique_ptr<QuotaLedger>> Open(Options options);

  ~QuotaLedger();

  // The records in the files when they were opened, oldest first, without the
  // kGeneration.
  const std::vector<Record>& records() const { return records_; }
  // Whether the records are of this boot, so that their uptimes mean something.
  bool same_boot() const { return same_boot_; }
  // Records that are damaged in both files.
  uint64_t damaged() const { return damaged_; }
  // Records that only one of the files had whole.
  uint64_t mended() const { return mended_; }
  // True when there was a ledger, or should have been, and no record of it can
  // be read.
  bool lost() const { return lost_; }

  // Replaces all records, as of `now`. False when that fails; then one of the
  // files still holds the earlier records. Blocks until the disk has them.
  bool Rewrite(const std::vector<Record>& records, absl::Time now);

  // False when neither file can be written; the record is then in no file.
  bool Append(const Record& record);

  // Bytes of the records in a file.
  size_t bytes() const { return bytes_; }
  // Records that could be appended to neither file.
  uint64_t failed() const { return failed_; }

 private:
  using Slots = std::vector<std::optional<Record>>;
  struct File {
    int fd = -1;
    bool works = true;  // holds all records that were written
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

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_LEDGER_H_
