#ifndef VTLOOKUP_SERVER_REFUSAL_H_
#define VTLOOKUP_SERVER_REFUSAL_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// What a caller is told when its lookup is turned away by us, not by
// VirusTotal. Each has a reason; all but the first say when to ask again.

// How long "again" is, where nothing better is known.
inline constexpr absl::Duration kAskAgain = absl::Seconds(1);

// NotFound, NOT_CACHED: the lookup may use the cache only.
absl::Status NotCached();

// ResourceExhausted, TOO_MANY_WAITING: `what` is at its limit.
absl::Status TooManyWaiting(std::string_view what);

// The same reason: the turn did not come in time, though quota is there.
absl::Status TooSlow();

// ResourceExhausted, REPLIES_NOT_READ: replies of `limit` bytes in all, or of
// the client's part of that, wait to be read.
absl::Status RepliesNotRead(uint64_t limit);

// ResourceExhausted, REPLY_TOO_LARGE: the answers before this one fill the
// reply of `limit` bytes.
absl::Status ReplyTooLarge(uint64_t limit);

// Unavailable, SHUTTING_DOWN.
absl::Status ShuttingDown();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_REFUSAL_H_
