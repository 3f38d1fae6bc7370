#ifndef VTLOOKUP_SERVER_MISSES_REFUSALS_H_
#define VTLOOKUP_SERVER_MISSES_REFUSALS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// The failures of lookups that the daemon itself refuses, not VirusTotal. Each
// has an ErrorInfo.reason; those that may succeed later have a RetryInfo, too.
// Thread-safe.

// After how long to ask again, if nothing better is known.
inline constexpr absl::Duration kAskAgain = absl::Seconds(1);

// NotFound, NOT_CACHED: the lookup may use the cache only.
absl::Status NotCached();

// ResourceExhausted, TOO_MANY_WAITING: `what` is at its limit.
absl::Status TooManyWaiting(std::string_view what);

// ResourceExhausted, TOO_MANY_WAITING: there is quota, but too many lookups are
// before this one to serve it before its deadline.
absl::Status TooSlow();

// ResourceExhausted, REPLIES_NOT_READ: replies of `limit` bytes in all, or of
// the part of it that a client or a connection may have, wait to be read.
absl::Status RepliesNotRead(uint64_t limit);

// ResourceExhausted, REPLY_TOO_LARGE: the answers before this one fill the
// reply of `limit` bytes.
absl::Status ReplyTooLarge(uint64_t limit);

// ResourceExhausted, TOO_MANY_WAITING: too many messages with many
// internationalised names wait to be parsed (SlowLane).
absl::Status TooManySlow();

// Unavailable, SHUTTING_DOWN.
absl::Status ShuttingDown();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_REFUSALS_H_
