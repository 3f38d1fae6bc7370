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
  // Places that could not be read and were passed over, and what the first
  // said.
  uint64_t gaps = 0;
  absl::Status first_gap;
};

// Reads about `bytes` of keys and values, from `from` on. Where a block cannot
// be read, it goes on at the first key behind the damage that it finds (by
// halving the range, so that few readable records are lost; between two
// damaged blocks they may be). An error when no end of the damage is found.
//
// A key in a damaged block is not read from an older table either: any seek
// into the block's range fails, as RocksDB merges all tables. So what was
// replaced or purged does not come back.
absl::Status ReadChunk(rocksdb::DB& db, const std::string& from, size_t bytes,
                       Chunk* chunk);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SKIP_SCAN_H_
