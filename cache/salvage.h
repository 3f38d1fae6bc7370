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

// What a salvage did.
struct Salvaged {
  uint64_t records = 0;     // that were copied
  uint64_t unreadable = 0;  // places and records that were not
};

// How one goes about it.
struct SalvageOptions {
  rocksdb::Options rocks;  // of both databases
  // Whether there is room to go on.
  std::function<bool()> has_room = [] { return true; };
  // Set by another thread: give up soon.
  const std::atomic<bool>* stop = nullptr;
};

// Opens the damaged database in `path` for reading. Makes the file CURRENT anew
// when that is what is broken, and has RocksDB repair its list of tables when
// that is. An error when it stays unreadable, or when the repair lost a table:
// without the newest table of a key, an older value of it would come back.
absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDamaged(
    const std::string& path, const rocksdb::Options& rocks);

// Copies all that can be read of `from` into a new database in the folder `to`,
// whose earlier content is removed. May take minutes. Cancelled when it was
// stopped, ResourceExhausted when there is no room; `to` is removed then.
absl::StatusOr<Salvaged> Salvage(rocksdb::DB& from, const std::string& to,
                                 const SalvageOptions& options);

// Renames `path`, so that its data can be looked at; an earlier one moved aside
// is removed, since nobody would bound them otherwise. Where it is then.
absl::StatusOr<std::string> MoveAside(const std::string& path, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_SALVAGE_H_
