#ifndef VTLOOKUP_CACHE_ROCKS_OPTIONS_H_
#define VTLOOKUP_CACHE_ROCKS_OPTIONS_H_

#include <rocksdb/options.h>

#include <cstdint>
#include <memory>

namespace vtlookup {

// How the database's files share a bound of bytes. Everything that RocksDB
// keeps in its folder is within the bound: tables, write-ahead logs, and what a
// compaction writes before it deletes its input. All sizes are in bytes.
struct DiskShares {
  // `max_bytes` 0: no bound.
  static DiskShares Of(uint64_t max_bytes);

  uint64_t write_buffer;  // a memtable, and so about one write-ahead log
  uint64_t logs;          // all write-ahead logs
  uint64_t table;         // one file of the last level
  uint64_t first_level;   // below level 0
  int level0_tables;      // with this many, writers wait for a compaction
  uint64_t spill;         // see cache/spill.h
  // When tables and logs are larger than this, the oldest table is dropped. 0:
  // no bound.
  uint64_t kept;
  uint64_t check_every;  // written bytes between two looks at the bound
};

// The options with which RocksTier opens its database. The log, the listeners
// and the compaction filter are missing; the caller adds them. `env` is
// borrowed; null: the machine's.
rocksdb::Options MakeRocksOptions(uint64_t max_bytes, rocksdb::Env* env);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_OPTIONS_H_
