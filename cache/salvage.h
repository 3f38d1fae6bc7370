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
  uint64_t records = 0;     // the records that were copied
  uint64_t unreadable = 0;  // records, and damaged places, that were skipped
};

struct SalvageOptions {
  rocksdb::Options rocks;  // of the new database
  // Returns whether the disk has room for more. Called before each chunk.
  std::function<bool()> has_room = [] { return true; };
  // Borrowed. Salvage stops soon after another thread sets it. Null means that
  // Salvage cannot be stopped.
  const std::atomic<bool>* stop = nullptr;
};

// Opens the damaged database in `path` for reading. When the file CURRENT is
// broken, writes a new one; when the list of tables (MANIFEST) is broken, has
// RocksDB repair it. DataLoss when the database still cannot be read, or when
// the repair lost a table: the table may have held the newest value of a key,
// and a copy would bring back an older value. Blocks.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDamaged(
    const std::string& path, const rocksdb::Options& rocks);

// Copies all readable records of `from` into a new database in the folder `to`,
// whose earlier content is removed first. Does not close `from`. Blocks,
// possibly for minutes. Cancelled when `options.stop` was set,
// ResourceExhausted when there is no room, Internal when `to` cannot be
// written; on each error `to` is removed.
absl::StatusOr<Salvaged> Salvage(rocksdb::DB& from, const std::string& to,
                                 const SalvageOptions& options);

// Renames the database in `path` to `<path>.corrupt-<time>`, so that an
// operator can inspect it, and returns the new name. Earlier `.corrupt-`
// databases of `path` are removed first; at most one exists at a time.
// FailedPrecondition when the rename fails. The database must not be open.
absl::StatusOr<std::string> MoveAside(const std::string& path, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SALVAGE_H_
