#include "server/config/check.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "core/url.h"
#include "server/config/check_access.h"
#include "server/config/check_names.h"
#include "server/privacy/privacy_rules.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

void CheckProxy(const v1::VirusTotalConfig& config, ConfigErrors* errors) {
  static constexpr const char* kSchemes[] = {"http://",   "https://",
                                             "socks4://", "socks4a://",
                                             "socks5://", "socks5h://"};
  const std::string& proxy = config.proxy();
  if (proxy.empty()) {
    if (!config.proxy_login_file().empty()) {
      errors->push_back("virustotal.proxy_login_file: needs virustotal.proxy");
    }
    return;
  }
  for (const char* const scheme : kSchemes) {
    if (absl::StartsWith(proxy, scheme) &&
        SplitAddress(proxy.substr(std::strlen(scheme))).has_value()) {
      return;
    }
  }
  // The value is not shown, because it may have a password in it.
  errors->push_back(
      "virustotal.proxy: expected SCHEME://host:port, with one of the schemes "
      "http, https, socks4, socks4a, socks5 and socks5h; user and password "
      "belong into virustotal.proxy_login_file");
}

void CheckBaseUrl(const std::string& base_url, ConfigErrors* errors) {
  constexpr char kKey[] = "virustotal.base_url";
  const bool https = absl::StartsWith(base_url, "https://");
  if (!https && !absl::StartsWith(base_url, "http://")) {
    errors->push_back(
        absl::StrCat(kKey, ": must start with https:// or http://"));
    return;
  }
  const absl::StatusOr<std::string> canonical = CanonicalUrl(base_url);
  const size_t host = base_url.find("://") + 3;
  if (!canonical.ok() ||
      base_url.find_first_of("/?#@", host) < base_url.size()) {
    errors->push_back(absl::StrCat(kKey,
                                   ": must be scheme, host and port only, such "
                                   "as https://www.virustotal.com"));
    return;
  }
  if (!https && !IsLoopbackUrl(base_url)) {
    errors->push_back(absl::StrCat(
        kKey,
        ": http:// would send the API key in the clear; use https:// (http:// "
        "is allowed for a loopback address only)"));
  }
}

void CheckV3Only(const v1::VirusTotalConfig& config, ConfigErrors* errors) {
  if (config.premium() && config.premium_pages() == 0) {
    errors->push_back("virustotal.premium_pages: must be at least 1");
  }
  if (config.api() != v1::VIRUS_TOTAL_API_V2) return;
  if (config.premium()) {
    errors->push_back("virustotal.premium: needs virustotal.api: v3");
  }
  if (!config.user().empty()) {
    errors->push_back("virustotal.user: needs virustotal.api: v3");
  }
}

void CheckKeys(const v1::VirusTotalConfig& config, ConfigErrors* errors) {
  std::set<std::string> names;
  for (int i = 0; i < config.keys_size(); ++i) {
    const v1::KeyConfig& key = config.keys(i);
    const std::string at = absl::StrCat("virustotal.keys[", i, "]");
    if (!IsPlainName(key.name())) {
      errors->push_back(absl::StrCat(at,
                                     ".name: must be 1 to 64 letters, digits, "
                                     "dots, dashes or underscores"));
    } else if (!names.insert(key.name()).second) {
      errors->push_back(
          absl::StrCat(at, ".name: another key has the same name"));
    }
    CheckNoSecret(key.name(), absl::StrCat(at, ".name"), errors);
    CheckNoSecret(key.user(), absl::StrCat(at, ".user"), errors);
    CheckFileName(key.key_file(), absl::StrCat(at, ".key_file"), ", or use key",
                  errors);
    if (key.key().empty() == key.key_file().empty()) {
      errors->push_back(absl::StrCat(at, ".key: set either key or key_file"));
    }
    if (key.quota().reserve_percent() > 100) {
      errors->push_back(
          absl::StrCat(at, ".quota.reserve_percent: must be at most 100"));
    }
  }
  CheckNoSecret(config.user(), "virustotal.user", errors);
  CheckFileName(config.key_file(), "virustotal.key_file",
                ", or use virustotal.key", errors);
  CheckFileName(config.dnifconfig_file(), "virustotal.dnifconfig_file", "",
                errors);
  if (!config.keys().empty() &&
      !(config.key().empty() && config.key_file().empty())) {
    errors->push_back(
        "virustotal.keys: must not be set together with virustotal.key or "
        "virustotal.key_file");
  }
  if (config.quota().reserve_percent() > 100) {
    errors->push_back("virustotal.quota.reserve_percent: must be at most 100");
  }
}

void CheckPrivacy(const v1::PrivacyConfig& config, ConfigErrors* errors) {
  for (int i = 0; i < config.internal_domains_size(); ++i) {
    const absl::Status status =
        CanonicalInternalDomain(config.internal_domains(i)).status();
    if (!status.ok()) {
      errors->push_back(absl::StrCat("privacy.internal_domains[", i,
                                     "]: ", std::string(status.message())));
    }
  }
  for (int i = 0; i < config.redact_size(); ++i) {
    const v1::RedactionRule& rule = config.redact(i);
    const std::string at = absl::StrCat("privacy.redact[", i, "]");
    const absl::Status status = CanonicalRedactionHost(rule.host()).status();
    if (!status.ok()) {
      errors->push_back(absl::StrCat(at,
                                     ".host: ", std::string(status.message()),
                                     "; write * for all hosts"));
    }
    if (!rule.query() && !rule.fragment()) {
      errors->push_back(absl::StrCat(at,
                                     ".query: the rule removes nothing; set "
                                     "query: true or fragment: true"));
    }
  }
}

void CheckDurations(const v1::Config& config, ConfigErrors* errors) {
  struct Positive {
    const char* key;
    const google::protobuf::Duration& value;
  };
  const v1::TtlConfig& ttl = config.cache().ttl();
  const v1::VirusTotalConfig& virustotal = config.virustotal();
  for (const Positive& check :
       {Positive{"cache.ttl.present", ttl.present()},
        Positive{"cache.ttl.missing", ttl.missing()},
        Positive{"cache.ttl.queued", ttl.queued()},
        Positive{"cache.ttl.invalid", ttl.invalid()},
        Positive{"virustotal.connect_timeout", virustotal.connect_timeout()},
        Positive{"virustotal.timeout", virustotal.timeout()},
        Positive{"limits.max_wait", config.limits().max_wait()}}) {
    if (ToAbslDuration(check.value) <= absl::ZeroDuration()) {
      errors->push_back(absl::StrCat(check.key, ": must be more than 0"));
    }
  }
  if (ToAbslDuration(ttl.queued_max()) < ToAbslDuration(ttl.queued())) {
    errors->push_back(
        "cache.ttl.queued_max: must be at least cache.ttl.queued");
  }
}

void CheckMinima(const v1::Config& config, ConfigErrors* errors) {
  struct Minimum {
    const char* key;
    uint64_t value;
    uint64_t least;
    const char* text;  // `least`, as it is written in a configuration
  };
  constexpr uint64_t kKiB = 1024;
  constexpr uint64_t kMiB = 1024 * kKiB;
  const v1::CacheConfig& cache = config.cache();
  const v1::VirusTotalConfig& virustotal = config.virustotal();
  const v1::LimitsConfig& limits = config.limits();
  for (const Minimum& check :
       {Minimum{"cache.memory", cache.memory(), kMiB, "1MiB"},
        Minimum{"cache.disk_limit", cache.disk_limit(), 64 * kMiB, "64MiB"},
        Minimum{"virustotal.max_body", virustotal.max_body(), kKiB, "1KiB"},
        Minimum{"virustotal.max_inflight", virustotal.max_inflight(), 1, "1"},
        Minimum{"limits.max_request", limits.max_request(), kKiB, "1KiB"},
        Minimum{"limits.max_pending_writes", limits.max_pending_writes(), kMiB,
                "1MiB"},
        Minimum{"limits.max_unsent", limits.max_unsent(), 4 * kMiB, "4MiB"},
        Minimum{"limits.max_batch", limits.max_batch(), 1, "1"},
        Minimum{"limits.max_stream", limits.max_stream(), 1, "1"},
        Minimum{"limits.max_stream_bytes", limits.max_stream_bytes(), 1, "1"},
        Minimum{"limits.max_waiting", limits.max_waiting(), 1, "1"},
        Minimum{"log.audit_max", config.log().audit_max(), kMiB, "1MiB"}}) {
    if (check.value < check.least) {
      errors->push_back(
          absl::StrCat(check.key, ": must be at least ", check.text));
    }
  }
}

// Each of the two databases needs room to work in.
void CheckRawReports(const v1::CacheConfig& cache, ConfigErrors* errors) {
  constexpr uint64_t kLeast = 32U << 20;
  const uint64_t raw = cache.disk_limit() / 100 * cache.raw_share();
  if (cache.keep_raw() && cache.raw_share() >= 10 && cache.raw_share() <= 90 &&
      std::min(raw, cache.disk_limit() - raw) < kLeast - (kLeast / 16)) {
    errors->push_back(
        "cache.raw_share: leaves less than 32MiB of cache.disk_limit to "
        "verdicts or to reports; raise cache.disk_limit, or set cache.keep_raw "
        "to false");
  }
  if (cache.raw_share() < 10 || cache.raw_share() > 90) {
    errors->push_back("cache.raw_share: must be from 10 to 90 (percent)");
  }
}

void CheckReplyLimits(const v1::LimitsConfig& limits, ConfigErrors* errors) {
  if (limits.max_reply() < (1U << 20) || limits.max_reply() > (1U << 30) ||
      limits.max_reply() > limits.max_unsent() / 4) {
    errors->push_back(
        "limits.max_reply: must be from 1MiB to 1GiB, and at most a quarter "
        "of limits.max_unsent");
  }
}

}  // namespace

bool IsLoopbackUrl(const std::string& base_url) {
  const size_t begin = base_url.find("://");
  if (begin == std::string::npos) return false;
  const std::string rest = base_url.substr(begin + 3);
  for (const char* host : {"127.0.0.1", "localhost", "[::1]"}) {
    if (rest == host || absl::StartsWith(rest, absl::StrCat(host, ":"))) {
      return true;
    }
  }
  return false;
}

void CheckConfig(const v1::Config& config, ConfigErrors* errors) {
  CheckAccess(config, errors);
  if (config.cache().path().empty()) {
    errors->push_back("cache.path: must not be empty");
  }
  CheckBaseUrl(config.virustotal().base_url(), errors);
  CheckProxy(config.virustotal(), errors);
  CheckV3Only(config.virustotal(), errors);
  CheckKeys(config.virustotal(), errors);
  CheckPrivacy(config.privacy(), errors);
  CheckDurations(config, errors);
  CheckMinima(config, errors);
  CheckRawReports(config.cache(), errors);
  CheckReplyLimits(config.limits(), errors);
}

}  // namespace vtlookup
