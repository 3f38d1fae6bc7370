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
  std::string next;  // the key where the next part begins; unset when `end`
  bool end = false;
  // The number of places that were skipped because they cannot be read, and the
  // error at the first of them.
  uint64_t gaps = 0;
  absl::Status first_gap;
};

// Reads about `bytes` of keys and values into `chunk`, from the key `from` on.
// `chunk` must be new. Where a block cannot be read, reading goes on at the
// first readable key behind the damage that halving the range of keys finds;
// readable records between two damaged blocks may be lost. DataLoss when no end
// of the damage is found, or when a chunk has too many gaps; `chunk` then holds
// the records before that. Blocks; thread-safe for different chunks.
//
// An older value of a key in a damaged block is not read either: every seek
// into the block's range fails, because RocksDB merges all tables. So entries
// that were replaced or purged do not come back.
absl::Status ReadChunk(rocksdb::DB& db, const std::string& from, size_t bytes,
                       Chunk* chunk);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SKIP_SCAN_H_
