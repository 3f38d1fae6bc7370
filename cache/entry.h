#ifndef VTLOOKUP_CACHE_ENTRY_H_
#define VTLOOKUP_CACHE_ENTRY_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vtlookup {

// An immutable value that its users share.
using Bytes = std::shared_ptr<const std::string>;

// A cached value and its times. Copying an Entry copies a pointer, not the
// value.
struct Entry {
  Bytes value;              // never null
  absl::Time stored;        // when the value was fetched
  absl::Time fresh_until;   // before this: serve it without a fetch
  absl::Time usable_until;  // before this: it may stand in for a fresh one
};

enum class Freshness { kFresh, kStale, kGone };

// How far clocks may disagree. An entry whose `stored` lies further in the
// future was stored under a wrong clock, and its age is not known.
constexpr absl::Duration kClockSlack = absl::Minutes(10);
// How far beyond kClockSlack `stored` may lie in the future for the entry to
// stand in for a fresh one.
constexpr absl::Duration kLongestAhead = absl::Hours(24);

// Judges an entry at the time `now`. An entry of unknown age is never fresh. It
// is stale when `stored` is wrong by up to a day, a common mistake, and the
// entry may stand in for a fresh one at all; otherwise it is gone.
Freshness FreshnessAt(const Entry& entry, absl::Time now);

inline bool HasKnownAge(const Entry& entry, absl::Time now) {
  return entry.stored <= now || entry.stored - now <= kClockSlack;
}

// Whether `entry` was stored later than `other`. An entry of known age counts
// as newer than one of unknown age.
bool IsNewer(const Entry& entry, const Entry& other, absl::Time now);

// The form of entries outside memory:
//   version: uint8 = 1
//   crc32 of all that follows: fixed32
//   stored, fresh_until, usable_until: fixed64, microseconds since 1970
//   value: the rest
// Numbers are little-endian.
std::string EncodeEntry(const Entry& entry);

// Reads a record of EncodeEntry. DataLoss for any other bytes; never crashes.
absl::StatusOr<Entry> DecodeEntry(std::string_view record);

// The times of a record. TimesOf reads them without a look at the value.
// DataLoss when the record is too short or of another version; the checksum is
// not checked.
struct RecordTimes {
  absl::Time stored;
  absl::Time usable_until;
};
absl::StatusOr<RecordTimes> TimesOf(std::string_view record);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ENTRY_H_
