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

// A file for records that the database cannot take now. All its blocks are
// allocated when it is created, so that records can be written even when the
// disk is full. Appended records survive the end of the process, in whatever
// way it ends; a power failure may lose them. One thread at a time.
//
// The file begins with its generation (fixed64) and goes on with records:
//   crc32 of all that follows in the record: fixed32
//   generation of the file when the record was appended: fixed64
//   sizes of key and value: fixed32 each
//   key, value (cache/entry.h)
// Numbers are little-endian. Clear increments the generation of the file and
// leaves the old records where they are. So the list of records ends before the
// first record whose generation is not that of the file, or that is damaged.
// After the last record come zeros, as many as a record's head has bytes, or
// fewer at the end of the file.
class Spill {
 public:
  // Opens the file `path`, or creates it with a size of `bytes`. A file of
  // another size is used as it is if it holds records, and is otherwise created
  // anew. Unavailable when the file cannot be opened, read or created, mostly
  // for lack of room; a file that could not be filled is removed.
  static absl::StatusOr<std::unique_ptr<Spill>> Open(const std::string& path,
                                                     uint64_t bytes);
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // Appends `records`. ResourceExhausted when they do not all fit; then none is
  // appended. Unavailable when the file cannot be written; Read may then return
  // some of them.
  absl::Status Append(const std::vector<Tier::Record>& records);

  // Returns the records in the order in which they were appended, up to the
  // first that is damaged or cannot be read.
  std::vector<Tier::Record> Read() const;

  bool empty() const { return end_ == kHeader; }

  // Removes all records. On an error (Unavailable) they are still there.
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
  uint64_t end_ = kHeader;  // where the last record ends
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SPILL_H_
