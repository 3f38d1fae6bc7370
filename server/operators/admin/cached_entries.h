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
#include "cache/raw_reports.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/operators/admin/entry_filter.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// Operators' access to the cache. Reads happen on the caller's thread, which
// may block. Changes happen on the loop, the only writer of the cache, so that
// no entry is overwritten by an older one. Thread-safe, but not for use on the
// loop.
class CachedEntries {
 public:
  struct Found {
    Indicator indicator;
    Entry entry;
  };
  using Visit = std::function<bool(Found found)>;

  // Borrows all arguments.
  CachedEntries(Cache& cache, RawReports& raws, Loop& loop, const Clock& clock)
      : cache_(cache), raws_(raws), loop_(loop), clock_(clock) {}

  // Makes running calls end soon, with Unavailable.
  void Stop() { stopped_ = true; }

  // Visits the entries that the filter fits, in the order of their keys from
  // `from` on, until `visit` returns false. Internal or Unavailable when the
  // disk could not be read.
  absl::Status ForEach(const EntryFilter& filter, std::string_view from,
                       const Visit& visit) const;

  // Returns the entry as an export has it; with the JSON of the report if
  // `with_raw` and the daemon has it. Reads the disk, so it blocks.
  // Thread-safe.
  v1::CacheEntry ForExport(const Found& found, bool with_raw) const;

  // These functions do the work of the rpcs of AdminService. Failures are those
  // of ForEach; InvalidArgument for a request that makes no sense;
  // ResourceExhausted when changes are in memory only, because too many writes
  // to the disk tier wait; Unavailable when the loop does not answer.
  absl::StatusOr<v1::ListEntriesResponse> List(
      const v1::ListEntriesRequest& request) const;
  absl::StatusOr<v1::InvalidateEntriesResponse> Invalidate(
      const v1::InvalidateEntriesRequest& request);
  // `next` sets an entry and returns true, or returns false at the end.
  absl::StatusOr<v1::ImportEntriesResponse> Import(
      const std::function<bool(v1::CacheEntry* entry)>& next);

 private:
  struct Change {
    Found found;
    // The raw report to keep with the entry; null: none.
    Bytes raw;
    // The time at which the entry was stored that this change replaces.
    // Nullopt: replace any entry that is older, or of no use.
    std::optional<absl::Time> expected;
  };
  // Makes, on the loop, the changes that still fit, and returns their number.
  // First waits until the disk tier has room for them. ResourceExhausted when
  // that does not accept them: then only memory has them, and a restart undoes
  // them.
  absl::StatusOr<uint64_t> Apply(std::vector<Change> changes);
  std::vector<Found> Named(const std::vector<Indicator>& indicators) const;

  Cache& cache_;
  RawReports& raws_;
  Loop& loop_;
  const Clock& clock_;
  std::atomic<bool> stopped_{false};
};

// Returns an entry as the rpcs show it; without its bulky fields unless `full`.
v1::CacheEntry ToCacheEntry(const CachedEntries::Found& found, bool full);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_ADMIN_CACHED_ENTRIES_H_
