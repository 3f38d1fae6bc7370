#include "core/indicator.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "core/defanged.h"
#include "core/host.h"
#include "core/text.h"
#include "core/url.h"

namespace vtlookup {
namespace {

bool AllOf(std::string_view text, bool (*test)(unsigned char)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [test](char c) {
    return test(static_cast<unsigned char>(c));
  });
}

absl::StatusOr<std::string> CanonicalHash(std::string_view text) {
  if (text.size() != 32 && text.size() != 40 && text.size() != 64) {
    return absl::InvalidArgumentError(
        "not a file hash: expected 32 (MD5), 40 (SHA-1) or 64 (SHA-256) "
        "hexadecimal digits");
  }
  if (!AllOf(text, absl::ascii_isxdigit)) {
    return absl::InvalidArgumentError(
        "not a file hash: a character is not a hexadecimal digit");
  }
  return absl::AsciiStrToLower(ToAbsl(text));
}

absl::Status Defanged() {
  return absl::InvalidArgumentError(
      "the text is defanged ([.]); write it with plain dots and colons");
}

// A hint for a text that is no domain, but something else that has one.
absl::Status CheckShape(std::string_view text) {
  if (HasDefangedDots(text)) return Defanged();
  if (absl::StrContains(ToAbsl(text), "://")) {
    return absl::InvalidArgumentError(
        "this is a URL, not a domain; look it up as a URL, or write only its "
        "host");
  }
  if (absl::StartsWith(ToAbsl(text), "*.")) {
    return absl::InvalidArgumentError(
        "this is a pattern, not a domain; write the name without the *");
  }
  if (absl::StrContains(ToAbsl(text), '/')) {
    return absl::InvalidArgumentError(
        "this has a path; write only the domain, or look it up as a URL");
  }
  if (std::count(text.begin(), text.end(), ':') == 1) {
    return absl::InvalidArgumentError("this has a port; write only the domain");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> CanonicalDomain(std::string_view text) {
  if (CanonicalIp(text).has_value()) {
    return absl::InvalidArgumentError(
        "this is an IP address, not a domain; look it up as an IP address");
  }
  if (absl::Status shape = CheckShape(text); !shape.ok()) return shape;
  absl::StatusOr<std::string> name = CanonicalHostName(text);
  if (!name.ok()) return name.status();
  if (name->back() == '.') name->pop_back();
  const size_t dot = name->rfind('.');
  if (dot == std::string::npos) {
    return absl::InvalidArgumentError(
        "not a domain: the name has only one label");
  }
  if (AllOf(std::string_view(*name).substr(dot + 1), absl::ascii_isdigit)) {
    return absl::InvalidArgumentError(
        "not a domain: the last label is a "
        "number");
  }
  return name;
}

absl::StatusOr<std::string> CanonicalIpOrError(std::string_view text) {
  std::optional<std::string> ip = CanonicalIp(text);
  if (!ip.has_value() && HasDefangedDots(text)) return Defanged();
  if (!ip.has_value()) {
    return absl::InvalidArgumentError(
        "not an IPv4 or IPv6 address; write it without port, brackets, zone or "
        "prefix length");
  }
  return *std::move(ip);
}

// Takes `<sha256>-<unix time>`, also with the prefix `u-` of API v3.
absl::StatusOr<std::string> CanonicalScanId(std::string_view text) {
  constexpr size_t kHash = 64;
  std::string id = absl::AsciiStrToLower(ToAbsl(text));
  if (absl::StartsWith(id, "u-")) id.erase(0, 2);
  const std::string_view view = id;
  if (view.size() < kHash + 2 || view.size() > kHash + 13 ||
      view[kHash] != '-' ||
      !AllOf(view.substr(0, kHash), absl::ascii_isxdigit) ||
      !AllOf(view.substr(kHash + 1), absl::ascii_isdigit)) {
    return absl::InvalidArgumentError(
        "not a URL scan id: expected <sha256>-<unix time>");
  }
  return id;
}

absl::StatusOr<std::string> Canonical(Kind kind, std::string_view text) {
  switch (kind) {
    case Kind::kFile:
      return CanonicalHash(text);
    case Kind::kUrl:
      return CanonicalUrl(text);
    case Kind::kDomain:
      return CanonicalDomain(text);
    case Kind::kIp:
      return CanonicalIpOrError(text);
    case Kind::kUrlScan:
      return CanonicalScanId(text);
  }
  return absl::InvalidArgumentError("unknown kind of indicator");
}

}  // namespace

absl::StatusOr<Indicator> Indicator::Parse(Kind kind, std::string_view text) {
  if (text.size() > kMaxText) {
    return absl::InvalidArgumentError("the indicator is longer than 16 KiB");
  }
  text = ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
  absl::StatusOr<std::string> canonical = Canonical(kind, text);
  if (!canonical.ok()) return canonical.status();
  std::string key(1, static_cast<char>(kind));
  key += *canonical;
  return Indicator(std::move(key));
}

}  // namespace vtlookup
