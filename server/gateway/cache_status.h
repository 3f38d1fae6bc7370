#ifndef VTLOOKUP_SERVER_GATEWAY_CACHE_STATUS_H_
#define VTLOOKUP_SERVER_GATEWAY_CACHE_STATUS_H_

#include "absl/time/time.h"
#include "server/gateway/lookups.h"
#include "server/gateway/message.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// Headers that say where answers came from. The functions are thread-safe.

// Adds `Cache-Status` (RFC 9211) and `Age`.
void NameOrigin(const Answer& answer, absl::Time now, GatewayReply* reply);

// Adds a `Cache-Status` that says how many of the answers came from the cache.
void NameOrigins(const Lookups::Answers& answers, GatewayReply* reply);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_CACHE_STATUS_H_
