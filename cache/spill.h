#ifndef VTLOOKUP_CACHE_SPILL_H_
#define VTLOOKUP_CACHE_SPILL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cache/tier.h"

namespace vtlookup {

// A file whose blocks are all allocated when it is made, so that records can be
// written into it though the disk is full. It holds records that the database
// cannot take now. Appended records survive the end of the process, in whatever
// way it ends. One thread at a time.
//
// The file begins with its generation (fixed64), which Clear counts up, and
// goes on with records:
//   crc32 of all that follows in the record: fixed32
//   generation: fixed64; a generation other than the file's ends the list
//   sizes of key and value: fixed32 each
//   key, value (cache/entry.h)
// Numbers are little-endian.
class Spill {
 public:
  // Opens the file `path`, or makes it with a size of `bytes`. A file of
  // another size is made anew, unless it holds records. Unavailable when the
  // file cannot be opened or made, for want of room above all; a file that was
  // made in part is removed.
  static absl::StatusOr<std::unique_ptr<Spill>> Open(std::string path,
                                                     uint64_t bytes);
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // Appends all or none of `records`. ResourceExhausted when they do not fit,
  // Unavailable when the file cannot be written.
  absl::Status Append(const std::vector<Tier::Record>& records);

  // The records that were appended, in that order, up to the first damaged one.
  std::vector<Tier::Record> Read() const;

  bool empty() const { return end_ == kHeader; }

  // Forgets all records. On an error (Unavailable) they are still there.
  absl::Status Clear();

 private:
  static constexpr uint64_t kHeader = 8;

  Spill(int fd, uint64_t bytes) : fd_(fd), bytes_(bytes) {}

  // Writes zeros over the whole file.
  absl::Status Fill();
  // Sets `generation_` and `end_` from the file.
  absl::Status Load();
  std::vector<Tier::Record> Parse(uint64_t* end) const;

  const int fd_;
  const uint64_t bytes_;
  uint64_t generation_ = 0;
  uint64_t end_ = kHeader;  // of the last record
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SPILL_H_
