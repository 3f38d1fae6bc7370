#ifndef VTLOOKUP_CORE_SAME_URL_H_
#define VTLOOKUP_CORE_SAME_URL_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Whether an answer that names the URL `told`, in a canonical form of
// somebody else's, can be about `asked`, which is in ours (core/url.h). Scheme,
// host, path, query and fragment must agree. What may differ is only what is
// not known of VirusTotal's form: a default port, a user that is left out, dot
// segments, the trailing dot of a host, how an IDN host is written, an empty
// query or fragment, blanks, and how characters are escaped.
bool IsSameUrl(std::string_view asked, std::string_view told);

// A canonical URL without what IsSameUrl allows to differ. For comparisons
// only, never a key of the cache: whether VirusTotal has one answer for all
// URLs of one such form is not known.
std::string ComparableUrl(std::string_view canonical);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SAME_URL_H_
