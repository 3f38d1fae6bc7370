#ifndef VTLOOKUP_CORE_URL_H_
#define VTLOOKUP_CORE_URL_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vtlookup {

// Returns the canonical form of a URL: `http://` is added when there is no
// scheme; scheme and host are in lower case, IDN hosts in A-form, IPv6 hosts in
// their shortest form; an empty path becomes `/`; bytes beyond ASCII become
// %XX. Everything else is kept, also a default port, a trailing dot of the
// host, a fragment and existing escapes. Only rules that VirusTotal is known to
// use are applied: a wrong rule would give two different URLs the same cache
// key, and so one of them the answer of the other. InvalidArgument when the
// text is not a usable URL; the message says why. Thread-safe.
absl::StatusOr<std::string> CanonicalUrl(std::string_view text);

// The parts of a canonical URL. The views point into the URL.
struct UrlParts {
  std::string_view user;  // the text before the `@`; empty: none
  std::string_view host;  // without brackets and port
  size_t path = 0;        // offset of the path; the URL's length if it has none
};
// Splits `url`, which is a result of CanonicalUrl and must outlive the returned
// views. Thread-safe.
UrlParts PartsOfUrl(std::string_view url);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_URL_H_
