#ifndef VTLOOKUP_SERVER_MISSES_REFUSALS_H_
#define VTLOOKUP_SERVER_MISSES_REFUSALS_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// The failures of lookups that the daemon itself refuses, as opposed to the
// failures of VirusTotal. Each has an ErrorInfo.reason. A refusal of a lookup
// that may succeed later has a RetryInfo, too. All functions are thread-safe.

// The time in the RetryInfo of a refusal for which no better time is known.
inline constexpr absl::Duration kAskAgain = absl::Seconds(1);

// NotFound, NOT_CACHED: the lookup may use the cache only.
absl::Status NotCached();

// ResourceExhausted, TOO_MANY_WAITING: `message` is the text for the caller.
absl::Status TooManyWaiting(std::string_view message);

// ResourceExhausted, TOO_MANY_WAITING: the quota has room, but too many lookups
// go before this one to serve it before its deadline.
absl::Status TooSlow();

// ResourceExhausted, REPLIES_NOT_READ: clients have not read replies of `limit`
// bytes in all, or this client or connection has not read its part of them.
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
