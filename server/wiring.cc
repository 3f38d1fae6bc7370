#include "server/wiring.h"

#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "core/response_code.h"
#include "grpcpp/grpcpp.h"
#include "server/config/api_key.h"
#include "server/config/check.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

// File descriptors that are reserved for everything except clients'
// connections: a quarter of the limit, within these bounds.
constexpr size_t kFewestFiles = 48;
constexpr size_t kMostFiles = 768;

Quota::Limits LimitsOf(const v1::QuotaConfig& config) {
  return {.per_minute = config.per_minute(),
          .per_day = config.per_day(),
          .per_month = config.per_month(),
          .reserve_percent = config.reserve_percent()};
}

KeyRing::Setup SetupOf(const v1::VirusTotalConfig& config,
                       const v1::KeyConfig& key, std::string api_key) {
  return {.name = key.name(),
          .access = {.base_url = config.base_url(),
                     .api_key = std::move(api_key),
                     .premium = key.premium(),
                     .premium_pages = static_cast<int>(config.premium_pages())},
          .limits = LimitsOf(key.quota())};
}

// Why the gateway has no reports in the form of API v3; empty: it has.
std::string WhyNoV3(const v1::Config& config) {
  if (config.virustotal().api() == v1::VIRUS_TOTAL_API_V2) {
    return "this daemon asks VirusTotal's API v2 (virustotal.api), so it has "
           "no "
           "reports of v3; ask at /vtapi/v2";
  }
  if (!config.cache().keep_raw()) {
    return "cache.keep_raw is false, so reports are not kept as VirusTotal's "
           "API v3 sends them; ask at /v1 or /vtapi/v2";
  }
  return "";
}

// Returns the bound of connections: listen.max_connections, or fewer when the
// limit of files is low. Each connection takes two descriptors; the database,
// requests to VirusTotal and the status page need some, too.
size_t MostConnections(const v1::ListenConfig& config) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return config.max_connections();
  const auto limit = static_cast<size_t>(files.rlim_cur);
  const size_t kept =
      std::min(limit, std::clamp<size_t>(limit / 4, kFewestFiles, kMostFiles));
  const size_t most = std::max<size_t>((limit - kept) / 2, 1);
  return std::min<size_t>(most, config.max_connections());
}

}  // namespace

HttpOptions HttpOptionsOf(const v1::VirusTotalConfig& config,
                          std::string proxy_login) {
  return {.connect_timeout = ToAbslDuration(config.connect_timeout()),
          .timeout = ToAbslDuration(config.timeout()),
          .max_body = config.max_body(),
          .ca_file = config.ca_file(),
          // VirusTotal compresses only for agents that name gzip.
          .user_agent = "vtlookupd/" VTLOOKUP_VERSION " (gzip)",
          .bypass_proxy = IsLoopbackUrl(config.base_url()),
          .proxy = config.proxy(),
          .proxy_login = std::move(proxy_login)};
}

std::vector<KeyRing::Setup> SetupsOf(const v1::VirusTotalConfig& config,
                                     std::vector<std::string> api_keys) {
  std::vector<KeyRing::Setup> setups;
  const std::vector<v1::KeyConfig> keys = KeyConfigsOf(config);
  for (size_t i = 0; i < keys.size(); ++i) {
    setups.push_back(SetupOf(config, keys[i], std::move(api_keys.at(i))));
  }
  return setups;
}

LookupService::Options ServiceOptionsOf(const v1::Config& config) {
  const v1::LimitsConfig& limits = config.limits();
  return {.max_batch = limits.max_batch(),
          .max_reply = limits.max_reply(),
          .stream = {.max_items = limits.max_batch(),
                     .max_waiting = limits.max_stream(),
                     .max_unsent = limits.max_stream_bytes()}};
}

Listener::Options ListenerOptionsOf(const v1::Config& config,
                                    std::string address, Tls* tls) {
  const bool local = IsLocalAddress(address);
  return {.address = std::move(address),
          .credentials = tls == nullptr ? grpc::InsecureServerCredentials()
                                        : tls->Credentials(),
          .limits = config.listen(),
          .max_request = config.limits().max_request(),
          .max_connections = MostConnections(config.listen()),
          .reflection = config.listen().has_reflection()
                            ? config.listen().reflection()
                            : local,
          .tls = tls == nullptr ? ListenerTls::kNone
                 : config.listen().tls().client_ca_file().empty()
                     ? ListenerTls::kServer
                     : ListenerTls::kMutual};
}

DiskLimits DiskLimitsOf(const v1::CacheConfig& config) {
  const uint64_t raw =
      config.keep_raw() ? config.disk_limit() / 100 * config.raw_share() : 0;
  return {.verdicts = config.disk_limit() - raw, .raw = raw};
}

Gateway::Options GatewayOptionsOf(const v1::Config& config, Tls* tls) {
  const v1::GatewayConfig& gateway = config.gateway();
  const bool own = !gateway.tls().certificate_file().empty();
  return {.address = gateway.address(),
          .tls = own || !IsLocalAddress(gateway.address()) ? tls : nullptr,
          .hosts = {gateway.hosts().begin(), gateway.hosts().end()},
          .max_connections = gateway.max_connections(),
          .max_request = config.limits().max_request(),
          .max_batch = config.limits().max_batch(),
          .max_reply = config.limits().max_reply(),
          .max_unsent = config.limits().max_unsent(),
          .no_v3 = WhyNoV3(config)};
}

size_t ThreadsOf(const v1::ListenConfig& config) {
  if (config.threads() != 0) return config.threads();
  return std::max(std::thread::hardware_concurrency() / 2, 1U);
}

std::function<void(const FetchOutcome&)> AuditorOf(Audit& audit) {
  if (!audit.on()) return {};
  return [&audit](const FetchOutcome& asked) {
    audit.Write(
        {.event = asked.purpose == Purpose::kSubmit ? "submitted" : "asked",
         .client =
             asked.client.empty() ? "vtlookupd" : std::string(asked.client),
         .kind = std::string(KindName(asked.indicator.kind())),
         .indicator = ShownIndicator(asked.indicator),
         .source = "virustotal",
         .outcome = asked.outcome.ok()
                        ? absl::StrCat("code ", NumberOf(asked.response_code))
                        : std::string(asked.outcome.message()),
         .requests = asked.requests,
         .trace = std::string(asked.trace)});
  };
}

std::function<double()> RandomUnits() {
  return [generator = std::make_shared<absl::BitGen>()] {
    return absl::Uniform(*generator, 0.0, 1.0);
  };
}

}  // namespace vtlookup
