#ifndef VTLOOKUP_CORE_URL_H_
#define VTLOOKUP_CORE_URL_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vtlookup {

// The canonical form of a URL, as far as it is known to be VirusTotal's own:
// `http://` added when there is no scheme, scheme and host lower case, IDN
// hosts in A-form, IPv6 hosts in their shortest form, an empty path `/`, bytes
// beyond ASCII as %XX. All else is kept, default port, trailing dot of the
// host, fragment and existing escapes included: where VirusTotal's rule is not
// known, two keys are better than one answer for two URLs.
// InvalidArgument says what makes the text unusable.
absl::StatusOr<std::string> CanonicalUrl(std::string_view text);

// Where the parts of a canonical URL are.
struct UrlParts {
  std::string_view user;  // what stands before an @, without it
  std::string_view host;  // without brackets and port
  size_t path = 0;        // where it begins; the length where there is none
};
UrlParts PartsOfUrl(std::string_view url);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_URL_H_
