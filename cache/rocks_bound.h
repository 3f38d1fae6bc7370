#ifndef VTLOOKUP_CACHE_ROCKS_BOUND_H_
#define VTLOOKUP_CACHE_ROCKS_BOUND_H_

#include <cstdint>
#include <string>

namespace rocksdb {
class DB;
}

namespace vtlookup {

// Returns a number that RocksDB knows, such as "rocksdb.estimate-num-keys", or
// 0 if RocksDB does not know it. Thread-safe.
uint64_t PropertyOf(rocksdb::DB& db, const char* name);

// Returns the bytes of tables and write-ahead logs of the database in `path`.
// Tables that only a running compaction still reads do not count, because
// dropping more files would not remove these. Thread-safe.
uint64_t LiveBytes(rocksdb::DB& db, const std::string& path);

// Drops the oldest file of the last level, and everything that other levels
// have for its range of keys, so that no older value comes back. Returns false
// when no file may be dropped now, when dropping failed, or when it freed no
// bytes. One thread at a time.
bool DropOldest(rocksdb::DB& db);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_BOUND_H_
