#include "server/privacy/privacy_rules.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/host.h"
#include "core/text.h"
#include "server/privacy/host_meaning.h"

namespace vtlookup {
namespace {

absl::Status Mistake(std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(what),
                   "; write a domain such as corp.example.com, which also "
                   "covers all names below it"));
}

bool IsNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  return slash != std::string_view::npos &&
         CanonicalIp(text.substr(0, slash)).has_value();
}

std::string_view WithoutBrackets(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

std::string_view Bare(std::string_view text) {
  text = ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
  text.remove_prefix(std::min(text.find_first_not_of('.'), text.size()));
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return text;
}

}  // namespace

absl::StatusOr<std::string> CanonicalInternalDomain(std::string_view text) {
  text = Bare(text);
  if (text.empty()) return Mistake("the entry is empty");
  if (IsNetwork(text)) {
    return Mistake(
        "this is a network; private networks are withheld unless "
        "privacy.allow_private_ips is true, and others cannot be withheld");
  }
  if (CanonicalIp(WithoutBrackets(text)).has_value()) {
    return Mistake(
        "this is an IP address; private addresses are withheld unless "
        "privacy.allow_private_ips is true, and others cannot be withheld");
  }
  if (absl::StartsWith(ToAbsl(text), "*.")) {
    return Mistake("patterns with *. are not supported");
  }
  if (text.find('/') != std::string_view::npos) return Mistake("this is a URL");
  const absl::StatusOr<std::string> name = CanonicalHostName(text);
  if (!name.ok()) {
    return Mistake(absl::StrCat("not a domain name: ",
                                std::string(name.status().message())));
  }
  if (EndsInNumber(*name)) {
    return Mistake("not a domain name: the last label is a number");
  }
  // A dot of another script has become a plain dot, so trim again.
  return std::string(Bare(*name));
}

absl::StatusOr<std::string> CanonicalRedactionHost(std::string_view text) {
  if (text == "*") return std::string(text);
  const std::optional<std::string> ip = CanonicalIp(WithoutBrackets(text));
  if (ip.has_value()) return *ip;
  return CanonicalInternalDomain(text);
}

}  // namespace vtlookup
