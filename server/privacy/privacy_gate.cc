#include "server/privacy/privacy_gate.h"

#include <libpsl.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/host.h"
#include "core/text.h"
#include "core/url.h"
#include "server/privacy/host_meaning.h"
#include "server/privacy/privacy_rules.h"
#include "server/privacy/private_address.h"

namespace vtlookup {
namespace {

// Whether the name is below a suffix of the public suffix list, without the
// list's default rule ("*"), by which any last label is a suffix. A name of one
// label is not public even if that label is a suffix: on most networks `hr` and
// `it` are machines, not countries.
bool HasListedSuffix(std::string_view host) {
  if (host.find('.') == std::string_view::npos) return false;
  // These suffixes are in the list, but names below them are not public.
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
      return "the host is not an address of the public Internet";
    case PrivacyGate::Reason::kInternalDomain:
      return "the host is in an internal domain";
    case PrivacyGate::Reason::kUnlistedSuffix:
      return "the host is a name of one label, or has no public suffix";
    case PrivacyGate::Reason::kCredentials:
      return "the URL has credentials";
    case PrivacyGate::Reason::kUncertainHost:
      return "programs disagree about which host this is";
  }
  return "";
}

// The configuration with its hosts in canonical form. Each has one, since
// CheckConfig refuses others.
v1::PrivacyConfig Canonical(v1::PrivacyConfig config) {
  for (std::string& domain : *config.mutable_internal_domains()) {
    domain = CanonicalInternalDomain(domain).value_or(domain);
  }
  for (v1::RedactionRule& rule : *config.mutable_redact()) {
    rule.set_host(CanonicalRedactionHost(rule.host()).value_or(rule.host()));
  }
  return config;
}

using Reason = PrivacyGate::Reason;

std::optional<Reason> JudgeHost(const v1::PrivacyConfig& config,
                                std::string_view host) {
  const std::vector<std::string> addresses = AddressesMeantBy(host);
  if (!addresses.empty()) {
    const bool any_private =
        std::any_of(addresses.begin(), addresses.end(), IsPrivateAddress);
    if (!config.allow_private_ips() && any_private) {
      return Reason::kPrivateAddress;
    }
    return std::nullopt;
  }
  if (EndsInNumber(host)) return Reason::kUncertainHost;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  for (const std::string& domain : config.internal_domains()) {
    if (IsWithinDomain(host, domain)) return Reason::kInternalDomain;
  }
  if (!config.allow_unlisted_suffixes() && !HasListedSuffix(host)) {
    return Reason::kUnlistedSuffix;
  }
  return std::nullopt;
}

// Whether browsers would open another host than that of the canonical form,
// which is VirusTotal's. They read `http:/db.corp/` and `http:db.corp` as
// `http://db.corp/`, and a backslash as a slash.
bool IsReadDifferently(const UrlParts& parts) {
  static constexpr std::string_view kBrowsers[] = {"file",  "ftp", "http",
                                                   "https", "ws",  "wss"};
  return parts.user.find('\\') != std::string_view::npos ||
         std::find(std::begin(kBrowsers), std::end(kBrowsers), parts.host) !=
             std::end(kBrowsers);
}

std::optional<Reason> JudgeUrl(const v1::PrivacyConfig& config,
                               std::string_view url) {
  const UrlParts parts = PartsOfUrl(url);
  if (!config.allow_credentials() && !parts.user.empty()) {
    return Reason::kCredentials;
  }
  if (IsReadDifferently(parts)) return Reason::kUncertainHost;
  return JudgeHost(config, parts.host);
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
    case Kind::kUrl:
      return JudgeUrl(config, indicator.text());
  }
  return std::nullopt;
}

bool Fits(const v1::RedactionRule& rule, std::string_view host) {
  if (rule.host() == "*" || IsWithinDomain(host, rule.host())) return true;
  const std::vector<std::string> addresses = AddressesMeantBy(host);
  return std::find(addresses.begin(), addresses.end(), rule.host()) !=
         addresses.end();
}

// The indicator, cut by the first rule whose host fits; nothing when the rest
// is not a usable URL.
std::optional<Indicator> Redacted(const v1::PrivacyConfig& config,
                                  const Indicator& indicator) {
  if (indicator.kind() != Kind::kUrl) return indicator;
  const std::string_view url = indicator.text();
  const UrlParts parts = PartsOfUrl(url);
  const auto rule = std::find_if(config.redact().begin(), config.redact().end(),
                                 [&parts](const v1::RedactionRule& candidate) {
                                   return Fits(candidate, parts.host);
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

std::string Withheld(Reason reason) {
  return absl::StrCat("withheld: ", ToAbsl(Describe(reason)));
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
      *why = Withheld(*reason);
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
  if (!redacted.has_value()) {
    *why = "withheld: privacy.redact leaves no usable URL";
  }
  return redacted;
}

std::optional<std::string> PrivacyGate::WhyNotNow(const Indicator& indicator) {
  const v1::PrivacyConfig& config = config_.get();
  if (config.dry_run()) return std::nullopt;
  if (const std::optional<Reason> reason =
          ReasonToWithhold(config, indicator)) {
    withheld_[static_cast<size_t>(*reason)].Add();
    return Withheld(*reason);
  }
  if (Redacted(config, indicator) == indicator) return std::nullopt;
  redacted_.Add();
  return "withheld: privacy.redact was changed while this lookup waited, and "
         "now shortens this URL; look it up again";
}

}  // namespace vtlookup
