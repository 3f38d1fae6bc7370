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

// Refangs a value that was copied from a report:
//   - removes blanks, quotes and angle brackets around it;
//   - removes a label such as `sha256:`, and of `name|hash` the name;
//   - reads `hxxp://evil[.]example` and its like as `http://evil.example`.
// Returns any other text without the blanks and quotes around it.
std::string Refang(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_DEFANGED_H_
