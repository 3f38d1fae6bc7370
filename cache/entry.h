#ifndef VTLOOKUP_CACHE_ENTRY_H_
#define VTLOOKUP_CACHE_ENTRY_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vtlookup {

// A value that nobody changes any more, shared by whoever still uses it.
using Bytes = std::shared_ptr<const std::string>;

// A cached value and until when it may be used. Copying an Entry copies a
// pointer, not the value.
struct Entry {
  Bytes value;              // never null
  absl::Time stored;        // when it was fetched
  absl::Time fresh_until;   // before this: serve it, ask nobody
  absl::Time usable_until;  // before this: may stand in for a fresh one
};

enum class Freshness { kFresh, kStale, kGone };

Freshness FreshnessAt(const Entry& entry, absl::Time now);

// How entries are written down outside memory:
//   version: uint8 = 1
//   crc32 of all that follows: fixed32
//   stored, fresh_until, usable_until: fixed64, microseconds since 1970
//   value: the rest
// Numbers are little-endian.
std::string EncodeEntry(const Entry& entry);

// DataLoss on anything that EncodeEntry did not write. Never crashes.
absl::StatusOr<Entry> DecodeEntry(std::string_view record);

// The `usable_until` of a record, without a look at the rest of it; DataLoss
// when the record is too short or of another version.
absl::StatusOr<absl::Time> UsableUntilOf(std::string_view record);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ENTRY_H_
