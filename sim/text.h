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

// A URL as VirusTotal is known to write it: with a scheme, scheme and host in
// lower case, an empty path as "/". Nothing when it has no host.
std::optional<std::string> CanonicalUrl(std::string_view text);

// Whether it looks like an IPv4 address with each part below 256.
bool IsIpv4(std::string_view text);
bool IsIpv6(std::string_view text);
bool IsDomain(std::string_view text);

// URL-safe base64 without padding; nothing when it is not that.
std::optional<std::string> DecodeBase64Url(std::string_view text);

// `2014-01-23 09:03:02`, UTC.
std::string V2Time(int64_t unix_seconds);

// `250ms`, `3s`, `2m`.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

std::string Gzip(std::string_view text);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_TEXT_H_
