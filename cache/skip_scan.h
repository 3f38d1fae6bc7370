#ifndef VTLOOKUP_CACHE_SKIP_SCAN_H_
#define VTLOOKUP_CACHE_SKIP_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace rocksdb {
class DB;
}

namespace vtlookup {

// A part of a database, in the order of its keys.
struct Chunk {
  std::vector<std::pair<std::string, std::string>> records;
  std::string next;  // where the next part begins; unset when `end`
  bool end = false;
  // The number of places that could not be read and were passed over, and the
  // error at the first of them.
  uint64_t gaps = 0;
  absl::Status first_gap;
};

// Reads about `bytes` of keys and values into `chunk`, which must be new, from
// the key `from` on. Where a block cannot be read, reading goes on at the first
// readable key that is found behind the damage by halving the range; readable
// records between two damaged blocks may be lost. DataLoss when no end of the
// damage is found, or a chunk has too many gaps; `chunk` then holds what was
// read before. Blocks; thread-safe for different chunks.
//
// A key in a damaged block is not read from an older table either: any seek
// into the block's range fails, as RocksDB merges all tables. So entries that
// were replaced or purged do not come back.
absl::Status ReadChunk(rocksdb::DB& db, const std::string& from, size_t bytes,
                       Chunk* chunk);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SKIP_SCAN_H_
