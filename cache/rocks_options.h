#ifndef VTLOOKUP_CACHE_ROCKS_OPTIONS_H_
#define VTLOOKUP_CACHE_ROCKS_OPTIONS_H_

#include <rocksdb/options.h>

#include <cstdint>
#include <memory>

namespace vtlookup {

// How the size limit of the database is divided among its files. The limit
// covers everything that RocksDB keeps in its folder: tables, write-ahead logs,
// and the output of a compaction before its input is deleted. All sizes are in
// bytes. Thread-safe, as is MakeRocksOptions.
struct DiskShares {
  // Divides a limit of `max_bytes`. 0 means that there is no limit.
  static DiskShares Of(uint64_t max_bytes);

  uint64_t write_buffer;  // a memtable; a write-ahead log is about as large
  uint64_t logs;          // all write-ahead logs together
  uint64_t table;         // one file of the last level
  uint64_t first_level;   // all files of the first level after level 0
  int level0_tables;      // with this many, writers wait for a compaction
  uint64_t spill;         // the spill file, see cache/spill.h
  // The oldest table is dropped when tables and logs together are larger than
  // this. 0 means that there is no limit.
  uint64_t kept;
  uint64_t check_every;  // the limit is checked after so many written bytes
};

// Returns the options with which RocksTier opens its database. The caller adds
// the log, the listeners and the compaction filter. `dense` as in
// RocksTier::Options. `env` is borrowed and must outlive the database; null
// means RocksDB's default environment.
rocksdb::Options MakeRocksOptions(uint64_t max_bytes, rocksdb::Env* env,
                                  bool dense = false);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_OPTIONS_H_
