#ifndef VTLOOKUP_SERVER_GATEWAY_V3_REPLIES_H_
#define VTLOOKUP_SERVER_GATEWAY_V3_REPLIES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/gateway/message.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// Answers in the form of VirusTotal's API v3. The functions are thread-safe.

// The answer about an object. `id`: as the client has named it.
// `relationships`: the client has asked for relationships, which are otherwise
// left out of the report. An object that is not known is 404 NotFoundError; one
// that is queued and has no report yet is 503 TransientError; a withheld one is
// 403 ForbiddenError; an id that is not valid is 404 for files and addresses,
// else 400, as at VirusTotal; a report without JSON of v3 is 503.
GatewayReply ObjectInV3(const Answer& answer, std::string_view id,
                        bool relationships, absl::Time now);

// The answer to the submission of a URL: the analysis that has begun.
GatewayReply SubmissionInV3(const Answer& answer, absl::Time now);

// The answer for a failure, with VirusTotal's code for it. `has_token`: the
// client has sent a token, right or wrong.
GatewayReply FailureInV3(const absl::Status& failure, bool has_token = true);

// The answer to a request with a method that its path does not take.
GatewayReply WrongMethodInV3(std::string_view allowed);

// Returns the JSON of an object without `data.relationships`; the JSON itself
// if it has none, or is not such an object.
std::string WithoutRelationships(std::string_view json);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_V3_REPLIES_H_
