#ifndef VTLOOKUP_CACHE_ROCKS_BOUND_H_
#define VTLOOKUP_CACHE_ROCKS_BOUND_H_

#include <cstdint>
#include <string>

namespace rocksdb {
class DB;
}

namespace vtlookup {

// A number that RocksDB knows, such as "rocksdb.estimate-num-keys"; 0 when it
// does not. Thread-safe.
uint64_t PropertyOf(rocksdb::DB& db, const char* name);

// Bytes of tables and write-ahead logs of the database in `path`, without
// tables that only a running compaction still reads: dropping more files would
// not remove these. Thread-safe.
uint64_t LiveBytes(rocksdb::DB& db, const std::string& path);

// Drops the oldest file of the last level, with all that other levels have for
// the same keys, so that no older value comes back. False: no file may be
// dropped now, or it could not be. One thread at a time.
bool DropOldest(rocksdb::DB& db);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_BOUND_H_
