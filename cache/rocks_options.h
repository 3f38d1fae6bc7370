#ifndef VTLOOKUP_CACHE_ROCKS_OPTIONS_H_
#define VTLOOKUP_CACHE_ROCKS_OPTIONS_H_

#include <rocksdb/options.h>

#include <cstdint>
#include <memory>

namespace vtlookup {

// How the database's files share a bound of bytes. Everything that RocksDB
// keeps in its folder is within the bound: tables, write-ahead logs, and what a
// compaction writes before it deletes what it read.
struct DiskShares {
  // `max_bytes` 0: no bound.
  static DiskShares Of(uint64_t max_bytes);

  uint64_t write_buffer;  // a memtable, and so about one write-ahead log
  uint64_t logs;          // all write-ahead logs
  uint64_t table;         // one file of the last level
  uint64_t first_level;   // below level 0
  int level0_tables;      // with this many, writers wait for a compaction
  uint64_t spill;         // see cache/spill.h
  // Tables and logs beyond this make the oldest table go. 0: no bound.
  uint64_t kept;
  uint64_t check_every;  // written bytes between two looks at the bound
};

// What RocksTier opens its database with; without a log, listeners and filter,
// which the caller adds. `env` may be null: the machine's.
rocksdb::Options MakeRocksOptions(uint64_t max_bytes, rocksdb::Env* env);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_OPTIONS_H_
