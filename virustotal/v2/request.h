#ifndef VTLOOKUP_VIRUSTOTAL_V2_REQUEST_H_
#define VTLOOKUP_VIRUSTOTAL_V2_REQUEST_H_

#include <string_view>

#include "core/indicator.h"
#include "virustotal/api/purpose.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// Returns the one request of API v2 that answers `purpose` about `indicator`.
// REQUIRES: Dialect::can_ask accepts the indicator. Thread-safe. The request
// owns its texts. It holds the API key, in the form or, for domains and
// addresses, in the URL, so it must not be logged.
HttpRequest RequestV2(std::string_view base_url, std::string_view api_key,
                      const Indicator& indicator, Purpose purpose);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_REQUEST_H_
