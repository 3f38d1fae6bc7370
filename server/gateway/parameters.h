#ifndef VTLOOKUP_SERVER_GATEWAY_PARAMETERS_H_
#define VTLOOKUP_SERVER_GATEWAY_PARAMETERS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/gateway/message.h"
#include "server/gateway/query.h"

namespace vtlookup {

// The functions are thread-safe, and take bytes of strangers.

// Returns the parameters of a request of VirusTotal's API: those of the query,
// then those of the form in the body of a POST, which is of the type
// application/x-www-form-urlencoded or multipart/form-data. InvalidArgument
// when one of them cannot be read or the body is something else.
absl::StatusOr<Parameters> ReadParameters(const GatewayRequest& request);

// Reads the token of the client, which may also be the parameter `apikey`, and
// the deadline (`timeout`) into the origin of the request. InvalidArgument when
// several tokens differ, or when `timeout` is no duration above 0.
absl::Status ReadOrigin(const Parameters& parameters, absl::Time now,
                        GatewayRequest* request);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_PARAMETERS_H_
