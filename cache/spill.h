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

// A file whose blocks are all there from the beginning, so that records can be
// written into it though the disk is full. It holds what the database cannot
// take, until the database can. What was appended survives the end of the
// process in whatever way. One thread at a time.
//
// The file begins with a number of this use of it (generation: fixed64), and
// goes on with records:
//   crc32 of all that follows: fixed32
//   generation: fixed64; another one than the file's ends the list
//   sizes of key and value: fixed32 each
//   key, value (cache/entry.h)
// Numbers are little-endian.
class Spill {
 public:
  // Opens `path`, or makes it, of `bytes`; another size is made anew unless it
  // holds records. Unavailable when it cannot be had, for want of room above
  // all; no part of it is left then.
  static absl::StatusOr<std::unique_ptr<Spill>> Open(std::string path,
                                                     uint64_t bytes);
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // All or none of `records`. ResourceExhausted when they do not fit.
  absl::Status Append(const std::vector<Tier::Record>& records);

  // What was appended, in that order; damage ends the list.
  std::vector<Tier::Record> Read() const;

  bool empty() const { return end_ == kHeader; }

  // Forgets all records. They come back if this fails.
  absl::Status Clear();

 private:
  static constexpr uint64_t kHeader = 8;

  Spill(int fd, uint64_t bytes) : fd_(fd), bytes_(bytes) {}

  absl::Status Fill();
  // Fills in what the file holds; its size is known.
  absl::Status Load();
  std::vector<Tier::Record> Parse(uint64_t* end) const;

  const int fd_;
  const uint64_t bytes_;
  uint64_t generation_ = 0;
  uint64_t end_ = kHeader;  // of the last record
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SPILL_H_
