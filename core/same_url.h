#ifndef VTLOOKUP_CORE_SAME_URL_H_
#define VTLOOKUP_CORE_SAME_URL_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Whether an answer that names the URL `told` can be about the URL `asked`.
// `asked` is in our canonical form (core/url.h), `told` in VirusTotal's, which
// is not documented. Scheme, host, path, query and fragment must agree. They
// may differ only where VirusTotal's form is not known: a default port, a
// missing user, dot segments, the trailing dot of a host, the spelling of an
// IDN host, an empty query or fragment, blanks, and the escapes of characters.
// False when `told` is not a URL. Thread-safe.
bool IsSameUrl(std::string_view asked, std::string_view told);

// Returns `canonical`, a URL in our canonical form, with everything normalised
// in which IsSameUrl allows two URLs to differ. The result is for comparisons
// only, never a key of the cache: nobody knows whether VirusTotal has one
// answer for all URLs with the same comparable form. Thread-safe.
std::string ComparableUrl(std::string_view canonical);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SAME_URL_H_
