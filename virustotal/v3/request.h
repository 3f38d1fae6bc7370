#ifndef VTLOOKUP_VIRUSTOTAL_V3_REQUEST_H_
#define VTLOOKUP_VIRUSTOTAL_V3_REQUEST_H_

#include <string_view>

#include "virustotal/http/http_client.h"

namespace vtlookup {

// Returns a GET request of API v3. `path`: the path behind `/api/v3/`, encoded
// already. The request owns its texts. It holds the API key, in a header, so it
// must not be logged. Thread-safe.
HttpRequest GetV3(std::string_view base_url, std::string_view api_key,
                  std::string_view path);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_REQUEST_H_
