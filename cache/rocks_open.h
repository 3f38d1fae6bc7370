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

// Helpers for the .cc files of RocksTier.

// Returns the options with which RocksTier opens a database. RocksDB's log
// lines go to a copy of `tier.report` (RocksLog). RocksTier itself adds the
// listener and the compaction filter to its own database; the database into
// which it copies a damaged one has neither. Borrows `clock` and `tier.env`,
// which must outlive the database. Thread-safe.
rocksdb::Options RocksOptionsOf(const RocksTier::Options& tier,
                                const Clock& clock);

// Cancels the background work of the database, waits until it has ended, and
// closes the database. Ignores errors. Does nothing for null. REQUIRES: nobody
// else uses the database, now or later; RocksTier passes the last reference
// (see TakeDb).
void CloseDb(std::shared_ptr<rocksdb::DB> db);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_OPEN_H_
