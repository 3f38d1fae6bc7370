#ifndef VTLOOKUP_SERVER_OPERATORS_ADMIN_RAW_ENTRIES_H_
#define VTLOOKUP_SERVER_OPERATORS_ADMIN_RAW_ENTRIES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/raw_reports.h"
#include "server/operators/admin/cached_entries.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// The raw reports of cached entries, for exports, imports and purges. The
// functions are thread-safe.

// Adds the raw report of the entry to `out`, if there is one. Blocks.
void ExportRaw(const CachedEntries::Found& found, RawReports& raws,
               v1::CacheEntry* out);

// Returns the raw report of an exported entry; null when it has none.
// InvalidArgument when it is no JSON, names no API, or its verdict is no
// report.
absl::StatusOr<Bytes> RawIn(const v1::CacheEntry& entry);

// Keep and remove the raw report of an entry, and the name of a URL. False when
// too many writes wait.
bool PutRaw(const CachedEntries::Found& found, const Bytes& raw,
            RawReports* raws);
bool RemoveRaw(const CachedEntries::Found& found, absl::Time now,
               RawReports* raws);

// ResourceExhausted: the raw reports of `count` entries could not be removed.
absl::Status RawsLeft(uint64_t count);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_ADMIN_RAW_ENTRIES_H_
