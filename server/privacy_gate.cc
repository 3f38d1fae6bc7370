#include "server/privacy_gate.h"

#include <libpsl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/host.h"
#include "core/text.h"
#include "server/private_address.h"

namespace vtlookup {
namespace {

// Where the parts of a canonical URL are.
struct UrlParts {
  std::string_view user;  // what stands before an @, without it
  std::string_view host;  // without brackets and port
  size_t path = 0;
};

UrlParts PartsOf(std::string_view url) {
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

std::string_view WithoutTrailingDot(std::string_view host) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  return host;
}

bool IsBelow(std::string_view host, std::string_view domain) {
  return absl::EndsWithIgnoreCase(ToAbsl(host), ToAbsl(domain)) &&
         (host.size() == domain.size() ||
          host[host.size() - domain.size() - 1] == '.');
}

// Whether the last label stands in the list at all; the list's own rule for
// all others ("*") would make any word a suffix.
bool HasListedSuffix(std::string_view host) {
  // These have suffixes in the list, but are nobody's public names.
  for (const char* own : {"home.arpa", "in-addr.arpa", "ip6.arpa", "onion"}) {
    if (IsBelow(host, own)) return false;
  }
  static const psl_ctx_t* const list = [] {
    const psl_ctx_t* const latest = psl_latest(nullptr);
    return latest != nullptr ? latest : psl_builtin();
  }();
  const std::string label(host.substr(host.rfind('.') + 1));
  // Without the list every name is withheld.
  return list != nullptr &&
         psl_is_public_suffix2(list, label.c_str(),
                               PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0;
}

std::string_view Describe(PrivacyGate::Reason reason) {
  switch (reason) {
    case PrivacyGate::Reason::kPrivateAddress:
      return "not an address of the public Internet";
    case PrivacyGate::Reason::kInternalDomain:
      return "an internal domain";
    case PrivacyGate::Reason::kUnlistedSuffix:
      return "a name without a public suffix";
    case PrivacyGate::Reason::kCredentials:
      return "a URL with credentials";
  }
  return "";
}

// Names are compared in the form that indicators have.
v1::PrivacyConfig Canonical(v1::PrivacyConfig config) {
  for (std::string& domain : *config.mutable_internal_domains()) {
    domain = CanonicalHostName(domain).value_or(domain);
  }
  for (v1::RedactionRule& rule : *config.mutable_redact()) {
    if (rule.host() == "*") continue;
    rule.set_host(CanonicalHostName(rule.host()).value_or(rule.host()));
  }
  return config;
}

}  // namespace

PrivacyGate::PrivacyGate(v1::PrivacyConfig config)
    : config_(Canonical(std::move(config))) {}

std::optional<PrivacyGate::Reason> PrivacyGate::JudgeHost(
    std::string_view host) const {
  if (CanonicalIp(host).has_value()) {
    if (!config_.allow_private_ips() && IsPrivateAddress(host)) {
      return Reason::kPrivateAddress;
    }
    return std::nullopt;
  }
  host = WithoutTrailingDot(host);
  for (const std::string& domain : config_.internal_domains()) {
    if (IsBelow(host, domain)) return Reason::kInternalDomain;
  }
  if (!config_.allow_unlisted_suffixes() && !HasListedSuffix(host)) {
    return Reason::kUnlistedSuffix;
  }
  return std::nullopt;
}

std::optional<PrivacyGate::Reason> PrivacyGate::ReasonToWithhold(
    const Indicator& indicator) const {
  switch (indicator.kind()) {
    case Kind::kFile:
    case Kind::kUrlScan:
      return std::nullopt;
    case Kind::kDomain:
    case Kind::kIp:
      return JudgeHost(indicator.text());
    case Kind::kUrl: {
      const UrlParts parts = PartsOf(indicator.text());
      if (!config_.allow_credentials() && !parts.user.empty()) {
        return Reason::kCredentials;
      }
      return JudgeHost(parts.host);
    }
  }
  return std::nullopt;
}

std::optional<Indicator> PrivacyGate::Redacted(
    const Indicator& indicator) const {
  if (indicator.kind() != Kind::kUrl) return indicator;
  const std::string_view url = indicator.text();
  const UrlParts parts = PartsOf(url);
  const auto rule = std::find_if(
      config_.redact().begin(), config_.redact().end(),
      [&parts](const v1::RedactionRule& candidate) {
        return candidate.host() == "*" ||
               IsBelow(WithoutTrailingDot(parts.host), candidate.host());
      });
  if (rule == config_.redact().end()) return indicator;
  const size_t fragment = std::min(url.find('#', parts.path), url.size());
  size_t query = std::min(url.find('?', parts.path), fragment);
  if (!rule->query()) query = fragment;
  const std::string cut =
      absl::StrCat(ToAbsl(url.substr(0, query)),
                   rule->fragment() ? "" : ToAbsl(url.substr(fragment)));
  absl::StatusOr<Indicator> redacted = Indicator::Parse(Kind::kUrl, cut);
  if (!redacted.ok()) return std::nullopt;
  return *std::move(redacted);
}

std::optional<Indicator> PrivacyGate::Pass(Indicator indicator,
                                           std::string* why) {
  if (const std::optional<Reason> reason = ReasonToWithhold(indicator)) {
    withheld_[static_cast<size_t>(*reason)].Add();
    if (!config_.dry_run()) {
      *why = absl::StrCat("withheld: ", ToAbsl(Describe(*reason)));
      return std::nullopt;
    }
  }
  std::optional<Indicator> redacted = Redacted(indicator);
  if (redacted == indicator) return indicator;
  redacted_.Add();
  if (config_.dry_run()) return indicator;
  if (!redacted.has_value()) *why = "withheld: a URL that cannot be cut";
  return redacted;
}

}  // namespace vtlookup
