#ifndef VTLOOKUP_VIRUSTOTAL_V3_REQUEST_H_
#define VTLOOKUP_VIRUSTOTAL_V3_REQUEST_H_

#include <string_view>

#include "virustotal/http/http_client.h"

namespace vtlookup {

// A GET of API v3. `path` is what stands behind `/api/v3/`, already encoded.
// The key travels in a header.
HttpRequest GetV3(std::string_view base_url, std::string_view api_key,
                  std::string_view path);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_REQUEST_H_
