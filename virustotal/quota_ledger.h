#ifndef VTLOOKUP_VIRUSTOTAL_QUOTA_LEDGER_H_
#define VTLOOKUP_VIRUSTOTAL_QUOTA_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "virustotal/quota.h"

namespace vtlookup {

// A file to which each counted request is appended before it is made, so that
// no count is lost when the process ends, in whatever way. (When the machine
// does, the last seconds may be.) One thread.
//
// The file is a sequence of records of 32 bytes, little-endian:
//   crc32 of all that follows: fixed32
//   type: fixed32
//   key: fixed64, FNV-1a of the key's name
//   time: fixed64, microseconds since 1970
//   a, b: fixed32 each, see Record
// A record that is cut or broken ends the file.
class QuotaLedger {
 public:
  struct Record {
    enum class Type : uint32_t {  // never renumber
      kCount = 1,                 // a request at `time`
      kRefund = 2,  // the one that was counted at `time` was not made
      kPause = 3,   // nothing until `time`; a: Quota::Window
      kUsed = 4,    // as of `time`; a: used of the day, b: of the month
      kMinute = 5,  // a request at `time`, in the window of a minute only
    };
    Type type;
    uint64_t key;
    absl::Time time;
    uint32_t a = 0;
    uint32_t b = 0;
  };

  static uint64_t KeyOf(std::string_view name);

  // Opens `path`, creating it when missing. A damaged record is passed over, a
  // part of one at the end cut off. FailedPrecondition when it cannot be
  // opened.
  static absl::StatusOr<std::unique_ptr<QuotaLedger>> Open(std::string path);

  ~QuotaLedger();

  // What the file held when it was opened, oldest first.
  const std::vector<Record>& records() const { return records_; }
  // Records that could not be read then.
  uint64_t damaged() const { return damaged_; }

  // Replaces the whole file. False, with the old one kept, when it cannot.
  bool Rewrite(const std::vector<Record>& records);

  // False when it cannot be written: then counts live in memory only.
  bool Append(const Record& record);

  size_t bytes() const { return bytes_; }
  // Records that could not be written.
  uint64_t failed() const { return failed_; }

 private:
  QuotaLedger(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  const std::string path_;
  int fd_;
  size_t bytes_ = 0;
  uint64_t failed_ = 0;
  uint64_t damaged_ = 0;
  std::vector<Record> records_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_QUOTA_LEDGER_H_
