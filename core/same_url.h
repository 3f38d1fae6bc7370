#ifndef VTLOOKUP_CORE_SAME_URL_H_
#define VTLOOKUP_CORE_SAME_URL_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Whether an answer that names the URL `told` can be about the URL `asked`.
// `asked` is in our canonical form (core/url.h), `told` in VirusTotal's, which
// is not documented. Scheme, host, path, query and fragment must agree. They
// may differ only where VirusTotal's form is not known: a default port, a user
// that is left out, dot segments, the trailing dot of a host, the spelling of
// an IDN host, an empty query or fragment, blanks, and the escapes of
// characters. False when `told` is not a URL. Thread-safe.
bool IsSameUrl(std::string_view asked, std::string_view told);

// A URL of our canonical form, in which everything is normalised that IsSameUrl
// allows to differ. For comparisons only, never a key of the cache: nobody
// knows whether VirusTotal has one answer for all URLs that have the same
// comparable form. Thread-safe.
std::string ComparableUrl(std::string_view canonical);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SAME_URL_H_
