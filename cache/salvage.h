#ifndef VTLOOKUP_CACHE_SALVAGE_H_
#define VTLOOKUP_CACHE_SALVAGE_H_

#include <rocksdb/options.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace rocksdb {
class DB;
}

namespace vtlookup {

// The outcome of Salvage.
struct Salvaged {
  uint64_t records = 0;     // that were copied
  uint64_t unreadable = 0;  // places and records that could not be read
};

struct SalvageOptions {
  rocksdb::Options rocks;  // of the new database
  // Whether the disk has room to go on. Called before each chunk.
  std::function<bool()> has_room = [] { return true; };
  // Borrowed. When another thread sets it, Salvage gives up soon. Null: never.
  const std::atomic<bool>* stop = nullptr;
};

// Opens the damaged database in `path` for reading. When the file CURRENT is
// broken, writes a new one; when the list of tables (MANIFEST) is broken, has
// RocksDB repair it. DataLoss when the database stays unreadable, or when the
// repair lost a table: without the newest table of a key, an older value of the
// key would come back. Blocks.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDamaged(
    const std::string& path, const rocksdb::Options& rocks);

// Copies all that can be read of `from` into a new database in the folder `to`,
// whose earlier content is removed. May take minutes. Cancelled when
// `options.stop` was set, ResourceExhausted when there is no room, Internal
// when `to` cannot be written; on each error `to` is removed.
absl::StatusOr<Salvaged> Salvage(rocksdb::DB& from, const std::string& to,
                                 const SalvageOptions& options);

// Renames the database in `path` to `<path>.corrupt-<time>`, so that its data
// can be looked at, and returns the new name. Databases that were moved aside
// earlier are removed first, so that there is never more than one.
// FailedPrecondition when renaming fails.
absl::StatusOr<std::string> MoveAside(const std::string& path, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SALVAGE_H_
