#ifndef VTLOOKUP_CACHE_ROCKS_OPEN_H_
#define VTLOOKUP_CACHE_ROCKS_OPEN_H_

#include <rocksdb/options.h>

#include <memory>

#include "cache/rocks_tier.h"
#include "core/clock.h"

namespace rocksdb {
class DB;
}

namespace vtlookup {

// Functions that open and close the database of a RocksTier, for the parts of
// RocksTier only. Thread-safe.

// Returns the options of the database, with RocksDB's log, but without the
// listeners and the compaction filter. Borrows `clock` and `tier.env`, which
// must outlive the database.
rocksdb::Options RocksOptionsOf(const RocksTier::Options& tier,
                                const Clock& clock);

// Closes a database, after its background work has ended. Does nothing for
// null. Blocks. No other thread may use the database.
void CloseDb(std::shared_ptr<rocksdb::DB> db);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_OPEN_H_
