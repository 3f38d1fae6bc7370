#ifndef VTLOOKUP_VIRUSTOTAL_API_URL_ID_H_
#define VTLOOKUP_VIRUSTOTAL_API_URL_ID_H_

#include <string>
#include <string_view>

namespace vtlookup {

// VirusTotal's id of a URL: the SHA-256, in lower-case hexadecimal digits, of
// the URL in VirusTotal's canonical form, as both APIs send it beside the id.
// This was true of all 504 recorded pairs. Thread-safe, like the functions
// below.
std::string UrlIdOf(std::string_view url);

// Whether `id` can be that of `url`, for answers that do not contain the URL
// itself. `url` is in our canonical form; the id must be the hash of that form
// or of its comparable form (core/same_url.h).
bool CanBeIdOf(std::string_view url, std::string_view id);

// Whether the text is 64 hexadecimal digits in lower case.
bool IsSha256(std::string_view text);

// Returns the SHA-256 in a scan id, `<sha256>-<unix time>`; empty when the text
// is not a scan id. The result points into the text.
std::string_view Sha256OfScanId(std::string_view scan_id);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_URL_ID_H_
