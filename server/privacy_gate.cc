#include "server/privacy_gate.h"

#include <libpsl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/host.h"
#include "core/text.h"
#include "core/url.h"
#include "server/private_address.h"

namespace vtlookup {
namespace {

// Whether the last label stands in the list at all; the list's own rule for
// all others ("*") would make any word a suffix.
bool HasListedSuffix(std::string_view host) {
  // These have suffixes in the list, but are nobody's public names.
  for (const char* own : {"home.arpa", "in-addr.arpa", "ip6.arpa", "onion"}) {
    if (IsWithinDomain(host, own)) return false;
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

using Reason = PrivacyGate::Reason;

std::optional<Reason> JudgeHost(const v1::PrivacyConfig& config,
                                std::string_view host) {
  if (CanonicalIp(host).has_value()) {
    if (!config.allow_private_ips() && IsPrivateAddress(host)) {
      return Reason::kPrivateAddress;
    }
    return std::nullopt;
  }
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  for (const std::string& domain : config.internal_domains()) {
    if (IsWithinDomain(host, domain)) return Reason::kInternalDomain;
  }
  if (!config.allow_unlisted_suffixes() && !HasListedSuffix(host)) {
    return Reason::kUnlistedSuffix;
  }
  return std::nullopt;
}

std::optional<Reason> ReasonToWithhold(const v1::PrivacyConfig& config,
                                       const Indicator& indicator) {
  switch (indicator.kind()) {
    case Kind::kFile:
    case Kind::kUrlScan:
      return std::nullopt;
    case Kind::kDomain:
    case Kind::kIp:
      return JudgeHost(config, indicator.text());
    case Kind::kUrl: {
      const UrlParts parts = PartsOfUrl(indicator.text());
      if (!config.allow_credentials() && !parts.user.empty()) {
        return Reason::kCredentials;
      }
      return JudgeHost(config, parts.host);
    }
  }
  return std::nullopt;
}

// The indicator as it may go on; nothing when it cannot be cut.
std::optional<Indicator> Redacted(const v1::PrivacyConfig& config,
                                  const Indicator& indicator) {
  if (indicator.kind() != Kind::kUrl) return indicator;
  const std::string_view url = indicator.text();
  const UrlParts parts = PartsOfUrl(url);
  const auto rule =
      std::find_if(config.redact().begin(), config.redact().end(),
                   [&parts](const v1::RedactionRule& candidate) {
                     return candidate.host() == "*" ||
                            IsWithinDomain(parts.host, candidate.host());
                   });
  if (rule == config.redact().end()) return indicator;
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

}  // namespace

PrivacyGate::PrivacyGate(v1::PrivacyConfig config)
    : config_(Canonical(std::move(config))) {}

void PrivacyGate::Replace(v1::PrivacyConfig config) {
  config_.Replace(Canonical(std::move(config)));
  version_.fetch_add(1, std::memory_order_acq_rel);
}

std::optional<Indicator> PrivacyGate::Pass(Indicator indicator,
                                           std::string* why, bool* clear) {
  bool withheld = false;
  const v1::PrivacyConfig& config = config_.get();
  if (const std::optional<Reason> reason =
          ReasonToWithhold(config, indicator)) {
    withheld_[static_cast<size_t>(*reason)].Add();
    withheld = true;
    if (!config.dry_run()) {
      *why = absl::StrCat("withheld: ", ToAbsl(Describe(*reason)));
      return std::nullopt;
    }
  }
  std::optional<Indicator> redacted = Redacted(config, indicator);
  if (redacted == indicator) {
    if (clear != nullptr) *clear = !withheld;
    return indicator;
  }
  redacted_.Add();
  if (config.dry_run()) return indicator;
  if (!redacted.has_value()) *why = "withheld: a URL that cannot be cut";
  return redacted;
}

}  // namespace vtlookup
