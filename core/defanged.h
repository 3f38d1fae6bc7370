#ifndef VTLOOKUP_CORE_DEFANGED_H_
#define VTLOOKUP_CORE_DEFANGED_H_

#include <string>
#include <string_view>

namespace vtlookup {

// People defang indicators in reports, so that nobody follows them by mistake:
// `hxxp://evil[.]example`. VirusTotal would take such a text for another URL,
// or for nothing. The functions are thread-safe.

// Whether `scheme` stands for http, https or ftp in a defanged URL, as `hxxp`
// does. The case does not matter.
bool IsDefangedScheme(std::string_view scheme);

// Whether a host, an address or a domain has a dot, a colon or an @ in
// brackets, such as `[.]`, `(.)`, `{.}`, `[dot]`, `[:]`, `[at]`. The case does
// not matter.
bool HasDefangedDots(std::string_view host);

// Returns what a text stands for that somebody took from a report:
//   - without blanks, quotes and angle brackets around it;
//   - without a label such as `sha256:`, and of `name|hash` the hash;
//   - `hxxp://evil[.]example` and its like as `http://evil.example`.
// A text that is none of this is returned as it is, and so is what a person
// would have to guess.
std::string Refang(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_DEFANGED_H_
