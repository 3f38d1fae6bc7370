#ifndef VTLOOKUP_SERVER_OPERATORS_ADMIN_CACHED_ENTRIES_H_
#define VTLOOKUP_SERVER_OPERATORS_ADMIN_CACHED_ENTRIES_H_

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/operators/admin/entry_filter.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// What operators do with the cache's entries. Reads happen on the caller's
// thread, which may block; changes on the loop, which is the only writer of the
// cache, so that none is overwritten by an older one. Thread-safe; not for use
// on the loop.
class CachedEntries {
 public:
  struct Found {
    Indicator indicator;
    Entry entry;
  };
  using Visit = std::function<bool(Found found)>;

  // Borrows all.
  CachedEntries(Cache& cache, Loop& loop, const Clock& clock)
      : cache_(cache), loop_(loop), clock_(clock) {}

  // Has whatever is under way end soon, with Unavailable.
  void Stop() { stopped_ = true; }

  // Visits what fits, in the order of keys from `from` on, until `visit` says
  // false. Internal or Unavailable when the disk could not be read.
  absl::Status ForEach(const EntryFilter& filter, std::string_view from,
                       const Visit& visit) const;

  // The same three as the rpcs of AdminService; failures are those of ForEach,
  // and Unavailable when the loop has been stopped.
  absl::StatusOr<v1::ListEntriesResponse> List(
      const v1::ListEntriesRequest& request) const;
  absl::StatusOr<v1::InvalidateEntriesResponse> Invalidate(
      const v1::InvalidateEntriesRequest& request);
  // `next` gives entries until it returns false.
  absl::StatusOr<v1::ImportEntriesResponse> Import(
      const std::function<bool(v1::CacheEntry* entry)>& next);

 private:
  struct Change {
    Found found;
    // When the cached entry was stored that this is to replace; nothing: put
    // this where what is cached is older, or of no use.
    std::optional<absl::Time> expected;
  };
  // Makes those changes that still fit, on the loop; how many. First waits
  // until the disk has room for them. ResourceExhausted when it does not take
  // them: then memory has them, and a restart undoes them.
  absl::StatusOr<uint64_t> Apply(std::vector<Change> changes);
  std::vector<Found> Named(const std::vector<Indicator>& indicators) const;

  Cache& cache_;
  Loop& loop_;
  const Clock& clock_;
  std::atomic<bool> stopped_{false};
};

// As the rpcs show an entry; without its bulky fields unless `full`.
v1::CacheEntry ToCacheEntry(const CachedEntries::Found& found, bool full);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_ADMIN_CACHED_ENTRIES_H_
