#include "server/config.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/host.h"
#include "core/url.h"
#include "server/address.h"
#include "server/durations.h"

namespace vtlookup {
namespace {

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
    errors->push_back(
        absl::StrCat(kKey, ": must be scheme, host and port only"));
    return;
  }
  if (!https && !IsLoopbackUrl(base_url)) {
    errors->push_back(absl::StrCat(
        kKey,
        ": http:// would send the API key in the clear; only loopback "
        "may be asked that way"));
  }
}

// Also of a port that gRPC would take modulo 65536.
void CheckAddresses(const v1::Config& config, ConfigErrors* errors) {
  const std::string& listen = config.listen().address();
  if (!absl::StartsWith(listen, "unix:") && !SplitAddress(listen).has_value()) {
    errors->push_back(
        "listen.address: must be host:port, [v6]:port or unix:/path");
  }
  const std::string& http = config.http().address();
  if (!http.empty() && !SplitAddress(http).has_value()) {
    errors->push_back("http.address: must be host:port or [v6]:port");
  }
}

void CheckV3Only(const v1::VirusTotalConfig& config, ConfigErrors* errors) {
  if (config.premium() && config.premium_pages() == 0) {
    errors->push_back("virustotal.premium_pages: must be at least 1");
  }
  if (config.api() != v1::VIRUS_TOTAL_API_V2) return;
  if (config.premium()) {
    errors->push_back("virustotal.premium: makes no sense with api v2");
  }
  if (!config.user().empty()) {
    errors->push_back("virustotal.user: makes no sense with api v2");
  }
}

void CheckKeys(const v1::VirusTotalConfig& config, ConfigErrors* errors) {
  std::set<std::string> names;
  for (int i = 0; i < config.keys_size(); ++i) {
    const v1::KeyConfig& key = config.keys(i);
    const std::string at = absl::StrCat("virustotal.keys[", i, "]");
    if (key.name().empty() || !names.insert(key.name()).second) {
      errors->push_back(absl::StrCat(at, ".name: must be set, and be its own"));
    }
    if (key.key().empty() == key.key_file().empty()) {
      errors->push_back(
          absl::StrCat(at, ".key: either this or key_file must be set"));
    }
    if (key.quota().reserve_percent() > 100) {
      errors->push_back(
          absl::StrCat(at, ".quota.reserve_percent: must be at most 100"));
    }
  }
  if (!config.keys().empty() &&
      !(config.key().empty() && config.key_file().empty())) {
    errors->push_back("virustotal.keys: makes no sense beside key or key_file");
  }
  if (config.quota().reserve_percent() > 100) {
    errors->push_back("virustotal.quota.reserve_percent: must be at most 100");
  }
}

void CheckPrivacy(const v1::PrivacyConfig& config, ConfigErrors* errors) {
  for (int i = 0; i < config.internal_domains_size(); ++i) {
    if (!CanonicalHostName(config.internal_domains(i)).ok()) {
      errors->push_back(
          absl::StrCat("privacy.internal_domains[", i, "]: not a domain name"));
    }
  }
  for (int i = 0; i < config.redact_size(); ++i) {
    const v1::RedactionRule& rule = config.redact(i);
    const std::string at = absl::StrCat("privacy.redact[", i, "]");
    if (rule.host() != "*" && !CanonicalHostName(rule.host()).ok()) {
      errors->push_back(absl::StrCat(at, ".host: not a host name, nor *"));
    }
    if (!rule.query() && !rule.fragment()) {
      errors->push_back(absl::StrCat(at, ".query: the rule cuts nothing"));
    }
  }
}

struct LongEnough {
  const char* key;
  const google::protobuf::Duration& value;
};

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
  CheckAddresses(config, errors);
  if (config.cache().path().empty()) {
    errors->push_back("cache.path: must not be empty");
  }
  if (config.cache().memory() < (uint64_t{1} << 20)) {
    errors->push_back("cache.memory: must be at least 1MiB");
  }
  if (config.cache().disk_limit() < (uint64_t{64} << 20)) {
    errors->push_back("cache.disk_limit: must be at least 64MiB");
  }
  CheckBaseUrl(config.virustotal().base_url(), errors);
  CheckV3Only(config.virustotal(), errors);
  CheckKeys(config.virustotal(), errors);
  CheckPrivacy(config.privacy(), errors);
  const v1::TtlConfig& ttl = config.cache().ttl();
  const v1::VirusTotalConfig& virustotal = config.virustotal();
  for (const LongEnough& check :
       {LongEnough{"cache.ttl.present", ttl.present()},
        LongEnough{"cache.ttl.missing", ttl.missing()},
        LongEnough{"cache.ttl.queued", ttl.queued()},
        LongEnough{"cache.ttl.invalid", ttl.invalid()},
        LongEnough{"virustotal.connect_timeout", virustotal.connect_timeout()},
        LongEnough{"virustotal.timeout", virustotal.timeout()}}) {
    if (ToAbslDuration(check.value) <= absl::ZeroDuration()) {
      errors->push_back(absl::StrCat(check.key, ": must be more than 0"));
    }
  }
  if (ToAbslDuration(ttl.queued_max()) < ToAbslDuration(ttl.queued())) {
    errors->push_back(
        "cache.ttl.queued_max: must be at least cache.ttl.queued");
  }
  if (virustotal.max_body() < 1024) {
    errors->push_back("virustotal.max_body: must be at least 1KiB");
  }
  if (virustotal.max_inflight() == 0) {
    errors->push_back("virustotal.max_inflight: must be at least 1");
  }
  if (config.limits().max_batch() == 0) {
    errors->push_back("limits.max_batch: must be at least 1");
  }
  if (config.limits().max_stream() == 0) {
    errors->push_back("limits.max_stream: must be at least 1");
  }
  if (config.limits().max_stream_bytes() == 0) {
    errors->push_back("limits.max_stream_bytes: must be at least 1");
  }
  if (config.limits().max_waiting() == 0) {
    errors->push_back("limits.max_waiting: must be at least 1");
  }
}

absl::StatusOr<v1::Config> LoadConfig(const std::optional<std::string>& file,
                                      const ConfigFlags& flags) {
  v1::Config config;
  ConfigErrors errors;
  ConfigPlaces places;
  ApplyDefaults(&config);
  if (file.has_value()) {
    std::ifstream in(*file);
    std::stringstream text;
    text << in.rdbuf();
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(*file, ignored)) {
      return absl::InvalidArgumentError(
          absl::StrCat(*file, ": cannot be read"));
    }
    ApplyYaml(text.str(), *file, &config, &places, &errors);
  }
  for (const auto& [path, value] : flags) {
    ApplyFlag(path, value, &config, &errors);
  }
  ConfigErrors senseless;
  CheckConfig(config, &senseless);
  for (const std::string& error : senseless) {
    const auto place = places.find(error.substr(0, error.find(':')));
    errors.push_back(
        place == places.end() ? error : absl::StrCat(place->second, error));
  }
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  }
  return config;
}

}  // namespace vtlookup
