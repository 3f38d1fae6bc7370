#include "core/address.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/host.h"

namespace vtlookup {

std::optional<HostPort> SplitAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = address.substr(0, colon);
  const bool brackets =
      absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  if (brackets) host = host.substr(1, host.size() - 2);
  if (host.empty() || (!brackets && absl::StrContains(host, ':'))) {
    return std::nullopt;
  }
  HostPort parts{.host = std::move(host), .port = 0};
  const std::string port = address.substr(colon + 1);
  const bool digits =
      std::all_of(port.begin(), port.end(),
                  [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (!digits || !absl::SimpleAtoi(port, &parts.port) || parts.port > 65535) {
    return std::nullopt;
  }
  return parts;
}

bool IsUnixAddress(const std::string& address) {
  return absl::StartsWith(address, "unix:");
}

bool IsLoopbackHost(const std::string& host) {
  if (host == "localhost") return true;
  const std::optional<std::string> ip = CanonicalIp(host);
  return ip.has_value() && (*ip == "::1" || absl::StartsWith(*ip, "127."));
}

bool IsLocalAddress(const std::string& address) {
  if (IsUnixAddress(address)) return true;
  const std::optional<HostPort> parts = SplitAddress(address);
  return parts.has_value() && IsLoopbackHost(parts->host);
}

std::string WithPort(const std::string& address, int port) {
  if (IsUnixAddress(address)) return address;
  return absl::StrCat(address.substr(0, address.rfind(':') + 1), port);
}

}  // namespace vtlookup
