#ifndef VTLOOKUP_SERVER_GATEWAY_REPLIES_H_
#define VTLOOKUP_SERVER_GATEWAY_REPLIES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "server/gateway/message.h"

namespace vtlookup {

// The functions are thread-safe.

// Returns the answer for a failure: its google.rpc.Status as JSON, and a
// `Retry-After` if the failure says when to try again.
GatewayReply ErrorReply(const absl::Status& failure);
// As above, but with the HTTP status `status` instead of that of the failure's
// code.
GatewayReply ErrorReply(int status, const absl::Status& failure);

// Returns the answer to a request with a method that its path does not take.
GatewayReply WrongMethod(std::string_view allowed);

// Returns the HTTP status for a code, as google.rpc.Code has it.
int HttpStatusOf(absl::StatusCode code);

// Returns status line and headers of an answer, with the empty line behind
// them.
std::string HeadOf(const GatewayReply& reply, bool keep_alive);
// As HeadOf, for an answer whose body is streamed in chunks.
std::string StreamHeadOf(const GatewayReply& reply, bool keep_alive);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_REPLIES_H_
