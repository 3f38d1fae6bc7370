#include "server/config/check.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "core/secret.h"
#include "core/text.h"
#include "core/url.h"
#include "server/privacy/privacy_rules.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

constexpr uint32_t kMostThreads = 64;

// Whether a name may stand in a log, a label and a line of the ledger.
bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

// Refuses a name that looks like a secret: names are shown in logs, in metrics
// and on the status page.
void CheckNoSecret(const std::string& value, const std::string& at,
                   ConfigErrors* errors) {
  if (!LooksLikeSecret(value)) return;
  errors->push_back(absl::StrCat(
      at,
      ": looks like a key or a token; write a name, because this value is "
      "shown in logs, in metrics and on the status page"));
}

// Refuses a secret in the place of the name of its file. `instead` is added to
// the error.
void CheckFileName(const std::string& value, const std::string& at,
                   std::string_view instead, ConfigErrors* errors) {
  const bool path =
      absl::StrContains(value, '/') && !absl::StartsWith(value, "-----");
  if (path || !LooksLikeSecret(value)) return;
  errors->push_back(absl::StrCat(at,
                                 ": looks like the secret itself; write the "
                                 "name of a file that holds it",
                                 ToAbsl(instead)));
}

bool IsSha256(const std::string& hex) {
  return hex.size() == 64 && std::all_of(hex.begin(), hex.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
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

// Also refuses a port above 65535, which gRPC would take modulo 65536.
void CheckAddresses(const v1::Config& config, ConfigErrors* errors) {
  const std::string& listen = config.listen().address();
  if (!IsUnixAddress(listen) && !SplitAddress(listen).has_value()) {
    errors->push_back(
        "listen.address: must be host:port, [v6]:port or unix:/path");
  }
  const std::string& http = config.http().address();
  if (!http.empty() && !SplitAddress(http).has_value()) {
    errors->push_back("http.address: must be host:port or [v6]:port");
  }
  const std::string& admin = config.admin().address();
  if (!admin.empty() && !IsUnixAddress(admin) &&
      !SplitAddress(admin).has_value()) {
    errors->push_back(
        "admin.address: must be host:port, [v6]:port or unix:/path");
  }
  const auto same = [](const std::string& a, const std::string& b) {
    return !a.empty() && a == b && !absl::EndsWith(a, ":0");
  };
  if (same(listen, http)) {
    errors->push_back("http.address: must not be the same as listen.address");
  }
  if (same(listen, admin) || same(http, admin)) {
    errors->push_back(
        "admin.address: must not be the same as listen.address or "
        "http.address");
  }
}

void CheckTls(const v1::TlsConfig& tls, ConfigErrors* errors) {
  if (tls.certificate_file().empty() != tls.key_file().empty()) {
    errors->push_back(
        "listen.tls.key_file: set both listen.tls.certificate_file and "
        "listen.tls.key_file, or neither");
  }
  CheckFileName(tls.key_file(), "listen.tls.key_file", "", errors);
  if (!tls.client_ca_file().empty() && tls.certificate_file().empty()) {
    errors->push_back(
        "listen.tls.client_ca_file: needs listen.tls.certificate_file");
  }
}

bool AnyMay(const v1::AuthConfig& auth, v1::Role role) {
  for (const v1::ClientConfig& client : auth.clients()) {
    for (const int each : client.roles()) {
      if (each == role) return true;
    }
  }
  return false;
}

// Refuses what would open the daemon to the network by accident.
void CheckExposure(const v1::Config& config, ConfigErrors* errors) {
  const v1::ListenConfig& listen = config.listen();
  const bool tls = !listen.tls().certificate_file().empty();
  const bool asks = !config.auth().clients().empty() ||
                    !listen.tls().client_ca_file().empty();
  if (!listen.insecure() && !IsLocalAddress(listen.address()) &&
      !(tls && asks)) {
    errors->push_back(
        "listen.address: an address beyond loopback needs listen.tls, and "
        "auth.clients or listen.tls.client_ca_file; listen.insecure: true "
        "allows it without them");
  }
  if (!config.http().address().empty() && !config.http().insecure() &&
      !IsLocalAddress(config.http().address())) {
    errors->push_back(
        "http.address: an address beyond loopback lets everybody who can reach "
        "it read the configuration and the cached verdicts; use a loopback "
        "address behind a proxy that authenticates callers, or set "
        "http.insecure: true");
  }
  const std::string& admin = config.admin().address();
  if (listen.insecure() || admin.empty() || IsUnixAddress(admin)) return;
  if (!IsLocalAddress(admin) && !tls) {
    errors->push_back(
        "admin.address: an address beyond loopback needs listen.tls");
  }
  if (!AnyMay(config.auth(), v1::ROLE_ADMIN)) {
    errors->push_back(
        "admin.address: a port needs a client with the role admin in "
        "auth.clients; a Unix socket (unix:/path) does not");
  }
}

void CheckClient(const v1::ClientConfig& client, bool certificates,
                 const std::string& at, ConfigErrors* errors) {
  if (!IsPlainName(client.name())) {
    errors->push_back(absl::StrCat(
        at,
        ".name: must be 1 to 64 letters, digits, dots, dashes or underscores"));
  }
  CheckNoSecret(client.name(), absl::StrCat(at, ".name"), errors);
  const std::string& hash = client.token_sha256();
  if (!hash.empty() && !IsSha256(hash)) {
    errors->push_back(absl::StrCat(at,
                                   ".token_sha256: must be 64 hexadecimal "
                                   "digits, the SHA-256 of the token"));
  }
  if (hash.empty() && client.certificate_name().empty()) {
    errors->push_back(absl::StrCat(
        at, ".token_sha256: set token_sha256 or certificate_name, or both"));
  }
  if (!client.certificate_name().empty() && !certificates) {
    errors->push_back(
        absl::StrCat(at, ".certificate_name: needs listen.tls.client_ca_file"));
  }
  if (client.roles().empty()) {
    errors->push_back(absl::StrCat(
        at,
        ".roles: must have at least one of: lookup, submit, refresh, admin"));
  }
}

void CheckAuth(const v1::Config& config, ConfigErrors* errors) {
  const bool certificates = !config.listen().tls().client_ca_file().empty();
  std::set<std::string> names;
  std::set<std::string> proofs;
  for (int i = 0; i < config.auth().clients_size(); ++i) {
    const v1::ClientConfig& client = config.auth().clients(i);
    const std::string at = absl::StrCat("auth.clients[", i, "]");
    CheckClient(client, certificates, at, errors);
    if (!client.name().empty() && !names.insert(client.name()).second) {
      errors->push_back(
          absl::StrCat(at, ".name: another client has the same name"));
    }
    const std::string proof =
        absl::StrCat(absl::AsciiStrToLower(client.token_sha256()), " ",
                     client.certificate_name());
    if (!proofs.insert(proof).second) {
      errors->push_back(absl::StrCat(at,
                                     ".token_sha256: another client has the "
                                     "same token_sha256 and certificate_name"));
    }
  }
}

void CheckListenLimits(const v1::ListenConfig& listen, ConfigErrors* errors) {
  if (listen.max_streams() == 0) {
    errors->push_back("listen.max_streams: must be at least 1");
  }
  if (listen.max_connections() == 0) {
    errors->push_back("listen.max_connections: must be at least 1");
  }
  if (listen.threads() > kMostThreads) {
    errors->push_back("listen.threads: must be at most 64");
  }
  if (listen.max_metadata() < (1 << 10) || listen.max_metadata() > (1 << 20)) {
    errors->push_back("listen.max_metadata: must be from 1KiB to 1MiB");
  }
  if (ToAbslDuration(listen.handshake_timeout()) <= absl::ZeroDuration()) {
    errors->push_back("listen.handshake_timeout: must be more than 0");
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
  CheckAddresses(config, errors);
  CheckTls(config.listen().tls(), errors);
  CheckExposure(config, errors);
  CheckAuth(config, errors);
  CheckListenLimits(config.listen(), errors);
  if (config.cache().path().empty()) {
    errors->push_back("cache.path: must not be empty");
  }
  CheckBaseUrl(config.virustotal().base_url(), errors);
  CheckV3Only(config.virustotal(), errors);
  CheckKeys(config.virustotal(), errors);
  CheckPrivacy(config.privacy(), errors);
  CheckDurations(config, errors);
  CheckMinima(config, errors);
  CheckReplyLimits(config.limits(), errors);
}

}  // namespace vtlookup
