#ifndef VTLOOKUP_SERVER_GATEWAY_OPENAPI_H_
#define VTLOOKUP_SERVER_GATEWAY_OPENAPI_H_

#include <string_view>

namespace vtlookup {

// Returns the description of the gateway, a JSON document of OpenAPI 3.0. The
// build makes it of the protos (protos/openapi). It lives as long as the
// program. Thread-safe.
std::string_view OpenApi();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_OPENAPI_H_
