#ifndef VTLOOKUP_SERVER_GATEWAY_LOOKUP_REPLIES_H_
#define VTLOOKUP_SERVER_GATEWAY_LOOKUP_REPLIES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/gateway/lookups.h"
#include "server/gateway/message.h"
#include "server/verdicts/answer.h"
#include "vtlookup/v1/dnif.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// The answers of the gateway to requests that were looked up. Each has a
// `Cache-Status` header (RFC 9211). The functions are thread-safe.

// The answer of /v1/lookup, with an `Age`.
GatewayReply LookupReply(const Answer& answer, v1::View view, absl::Time now);

// The answer of /v1/lookup:batch. A verdict that would make the answer larger
// than `max_bytes` becomes a failure, REPLY_TOO_LARGE.
GatewayReply BatchReply(const Lookups::Answers& answers, v1::View view,
                        uint64_t max_bytes);

// The answer of /v1/urls:submit.
GatewayReply SubmitReply(const Answer& answer, absl::Time now);

// The answer of /v1/fields. `texts` are the values that were looked up, and
// have the order of `answers`. `max_bytes` as in BatchReply.
GatewayReply FieldsReply(v1::DnifLookup lookup,
                         const std::vector<std::string>& texts,
                         const Lookups::Answers& answers, uint64_t max_bytes);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_LOOKUP_REPLIES_H_
