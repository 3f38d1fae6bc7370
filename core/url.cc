#include "core/url.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/defanged.h"
#include "core/host.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// The parts of `scheme://[userinfo@]host[:port]rest`, as views into the text.
struct Parts {
  std::string_view scheme;
  std::string_view userinfo;  // with its "@", or empty
  std::string_view host;
  std::string_view port;  // with its ":", or empty
  std::string_view rest;  // from the path on; may be empty
};

bool IsControl(char c) {
  return absl::ascii_iscntrl(static_cast<unsigned char>(c));
}

bool IsScheme(std::string_view text) {
  if (text.empty() ||
      !absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '+' ||
           c == '-' || c == '.';
  });
}

// Schemes without a host. "http://" in front of such a URL would make its
// scheme the host or the user of another URL.
bool IsOpaqueScheme(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kOpaque = {
      "about", "blob", "data", "javascript", "mailto", "sms", "tel", "urn"};
  const std::string lower = absl::AsciiStrToLower(ToAbsl(text));
  return std::find(kOpaque.begin(), kOpaque.end(), lower) != kOpaque.end();
}

absl::StatusOr<Parts> Split(std::string_view text) {
  Parts parts;
  const size_t colon = text.find("://");
  if (colon != std::string_view::npos && IsScheme(text.substr(0, colon))) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 3);
  } else if (const size_t end = text.find(':');
             end != std::string_view::npos &&
             IsOpaqueScheme(text.substr(0, end))) {
    return absl::InvalidArgumentError("URLs with this scheme have no host");
  } else {
    parts.scheme = "http";
  }
  const size_t path = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, path);
  parts.rest = text.substr(path);
  if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.userinfo = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  const size_t bracket = authority.rfind(']');
  const size_t port = authority.rfind(':');
  if (port != std::string_view::npos &&
      (bracket == std::string_view::npos || port > bracket)) {
    parts.port = authority.substr(port);
    authority = authority.substr(0, port);
  }
  parts.host = authority;
  return parts;
}

absl::Status CheckFanged(const Parts& parts) {
  if (!IsDefangedScheme(parts.scheme) && !HasDefangedDots(parts.userinfo) &&
      !HasDefangedDots(parts.host) && !HasDefangedDots(parts.port)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "the URL is defanged (hxxp, [.]); write it as a browser takes it, with "
      "http:// and plain dots");
}

absl::StatusOr<std::string> CanonicalHost(std::string_view host) {
  if (host.empty()) return absl::InvalidArgumentError("the URL has no host");
  if (host.front() == '[') {
    if (host.back() != ']') {
      return absl::InvalidArgumentError(
          "the closing bracket is missing in the URL's host");
    }
    const std::string_view inside = host.substr(1, host.size() - 2);
    const std::optional<std::string> ip = CanonicalIp(inside);
    if (!ip.has_value() || inside.find(':') == std::string_view::npos) {
      return absl::InvalidArgumentError(
          "the text in the brackets of the URL's host is not an IPv6 address");
    }
    // A mapped address folds to IPv4, which has no brackets.
    return absl::StrContains(*ip, ':') ? absl::StrCat("[", *ip, "]") : *ip;
  }
  return CanonicalHostName(host);
}

absl::Status CheckPort(std::string_view port) {
  if (port.empty()) return absl::OkStatus();
  port.remove_prefix(1);
  unsigned number = 0;
  for (char c : port) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError("the URL's port is not a number");
    }
    number = std::min(number * 10 + static_cast<unsigned>(c - '0'), 70000U);
  }
  if (number > 65535) {
    return absl::InvalidArgumentError("the URL's port is above 65535");
  }
  return absl::OkStatus();
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (char c : text) {
    if (absl::ascii_isascii(static_cast<unsigned char>(c))) {
      out.push_back(c);
    } else {
      AppendPercentEncoded(static_cast<unsigned char>(c), &out);
    }
  }
}

}  // namespace

absl::StatusOr<std::string> CanonicalUrl(std::string_view text) {
  text = ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
  if (text.empty()) return absl::InvalidArgumentError("the URL is empty");
  if (std::any_of(text.begin(), text.end(), IsControl)) {
    return absl::InvalidArgumentError("the URL has a control character");
  }
  absl::StatusOr<Parts> parts = Split(text);
  if (!parts.ok()) return parts.status();
  if (absl::Status status = CheckFanged(*parts); !status.ok()) return status;
  absl::StatusOr<std::string> host = CanonicalHost(parts->host);
  if (!host.ok()) return host.status();
  if (absl::Status status = CheckPort(parts->port); !status.ok()) {
    return status;
  }
  std::string url =
      absl::StrCat(absl::AsciiStrToLower(ToAbsl(parts->scheme)), "://");
  AppendEscaped(url, parts->userinfo);
  absl::StrAppend(&url, *host, ToAbsl(parts->port));
  if (parts->rest.empty() || parts->rest.front() != '/') url.push_back('/');
  AppendEscaped(url, parts->rest);
  return url;
}

UrlParts PartsOfUrl(std::string_view url) {
  UrlParts parts;
  const size_t authority = url.find("://") + 3;
  parts.path = std::min(url.find_first_of("/?#", authority), url.size());
  std::string_view rest = url.substr(authority, parts.path - authority);
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
    parts.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  if (!rest.empty() && rest.front() == '[') {
    parts.host = rest.substr(1, rest.find(']') - 1);
  } else {
    parts.host = rest.substr(0, rest.find(':'));
  }
  return parts;
}

}  // namespace vtlookup
