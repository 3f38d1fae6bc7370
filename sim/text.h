#ifndef VTLOOKUP_SIM_TEXT_H_
#define VTLOOKUP_SIM_TEXT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vtsim {

std::string Sha256Hex(std::string_view text);
std::string Lower(std::string_view text);
std::string Trim(std::string_view text);
std::vector<std::string> SplitText(std::string_view text, char separator);
bool IsHex(std::string_view text);

// Returns a URL in VirusTotal's form, as far as that is known: with a scheme,
// scheme and host in lower case, an empty path as "/". Returns nullopt when it
// has no host.
std::optional<std::string> CanonicalUrl(std::string_view text);

// Whether `text` is four numbers below 256 with dots between them.
bool IsIpv4(std::string_view text);
bool IsIpv6(std::string_view text);
bool IsDomain(std::string_view text);

// Decodes URL-safe base64 without padding; nullopt when `text` is not that.
std::optional<std::string> DecodeBase64Url(std::string_view text);

// Formats a time as `2014-01-23 09:03:02`, in UTC.
std::string V2Time(int64_t unix_seconds);

// Parses `250ms`, `3s` or `2m`.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

std::string Gzip(std::string_view text);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_TEXT_H_
