#ifndef VTLOOKUP_VIRUSTOTAL_URL_ID_H_
#define VTLOOKUP_VIRUSTOTAL_URL_ID_H_

#include <string>
#include <string_view>

namespace vtlookup {

// VirusTotal's id of a URL: the SHA-256, in lower-case hexadecimal digits, of
// its canonical form there, as both APIs send it beside the id. Held in all of
// 504 recorded pairs.
std::string UrlIdOf(std::string_view url);

// Whether an id can be that of `url`, canonical in our form, where the answer
// does not say the URL itself: the hash of that form, or of its comparable one
// (core/same_url.h).
bool CanBeIdOf(std::string_view url, std::string_view id);

// 64 hexadecimal digits in lower case.
bool IsSha256(std::string_view text);

// The SHA-256 of a scan id, `<sha256>-<unix time>`; empty when the text is
// none.
std::string_view Sha256OfScanId(std::string_view scan_id);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_URL_ID_H_
