#include "server/daemon.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <latch>
#include <memory>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/rocks_tier.h"
#include "core/thread_pool.h"
#include "grpc/health/v1/health.pb.h"
#include "server/address.h"
#include "server/api_key.h"
#include "server/config.h"
#include "server/durations.h"

namespace vtlookup {
namespace {

constexpr int kDiskThreads = 2;
// For the last answers to be sent.
constexpr absl::Duration kLastWords = absl::Milliseconds(500);

HttpOptions HttpOptionsOf(const v1::VirusTotalConfig& config) {
  return {.connect_timeout = ToAbslDuration(config.connect_timeout()),
          .timeout = ToAbslDuration(config.timeout()),
          .max_body = config.max_body(),
          .ca_file = config.ca_file(),
          // VirusTotal compresses only for agents that name gzip.
          .user_agent = "vtlookupd/" VTLOOKUP_VERSION " (gzip)",
          .bypass_proxy = IsLoopbackUrl(config.base_url())};
}

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

// As `keys` describes them.
std::vector<KeyRing::Setup> SetupsOf(const v1::VirusTotalConfig& config,
                                     std::vector<std::string> api_keys) {
  std::vector<KeyRing::Setup> setups;
  const std::vector<v1::KeyConfig> keys = KeyConfigsOf(config);
  for (size_t i = 0; i < keys.size(); ++i) {
    setups.push_back(SetupOf(config, keys[i], std::move(api_keys.at(i))));
  }
  return setups;
}

const Dialect& DialectOf(const v1::VirusTotalConfig& config) {
  return config.api() == v1::VIRUS_TOTAL_API_V2 ? kDialectV2 : kDialectV3;
}

// Gives numbers from 0 up to 1. For one thread.
std::function<double()> RandomUnits() {
  return [generator = std::make_shared<absl::BitGen>()] {
    return absl::Uniform(*generator, 0.0, 1.0);
  };
}

Resolver::Options ResolverOptionsOf(
    const v1::Config& config,
    std::function<void(const absl::Status&)> on_failure) {
  return {.cache = config.cache(),
          .max_inflight = config.virustotal().max_inflight(),
          .max_queued = config.limits().max_queued(),
          .max_waiting = config.limits().max_waiting(),
          .max_polls = config.limits().max_polls(),
          .max_failures = config.limits().max_failures(),
          .max_watches = config.limits().max_watches(),
          .max_retries = config.virustotal().max_retries(),
          .wait_without_deadline =
              ToAbslDuration(config.limits().wait_without_deadline()),
          .random = RandomUnits(),
          .on_failure = std::move(on_failure)};
}

void WarnOperator(std::string_view message) {
  spdlog::warn("cache: {}", message);
}

void WarnOfKeys(std::string_view message) { spdlog::warn("{}", message); }

void TellOperator(std::string_view message) { spdlog::info("{}", message); }

}  // namespace

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(
    const v1::Config& config, std::vector<std::string> api_keys,
    const Clock& clock) {
  absl::StatusOr<std::unique_ptr<RocksTier>> tier =
      RocksTier::Open({.path = absl::StrCat(config.cache().path(), "/verdicts"),
                       .max_bytes = config.cache().disk_limit(),
                       .report = WarnOperator},
                      clock);
  if (!tier.ok()) return tier.status();
  absl::StatusOr<std::unique_ptr<QuotaLedger>> ledger =
      QuotaLedger::Open(absl::StrCat(config.cache().path(), "/quota"));
  if (!ledger.ok()) return ledger.status();
  std::unique_ptr<Daemon> daemon(new Daemon(config, std::move(api_keys), clock,
                                            *std::move(tier),
                                            *std::move(ledger)));
  if (absl::Status status = daemon->Listen(); !status.ok()) return status;
  daemon->ServeHttp();
  if (config.virustotal().api() != v1::VIRUS_TOTAL_API_V2) {
    daemon->SyncQuotas();
  }
  return daemon;
}

Daemon::Daemon(const v1::Config& config, std::vector<std::string> api_keys,
               const Clock& clock, std::unique_ptr<RocksTier> tier,
               std::unique_ptr<QuotaLedger> ledger)
    : config_(config),
      failure_log_([](std::string_view what) {
        spdlog::warn("lookups fail: {}", what);
      }),
      loop_(HttpOptionsOf(config_.virustotal())),
      disk_(*tier),
      cache_({.memory_bytes = config_.cache().memory(),
              .max_pending_bytes = config_.limits().max_pending_writes()},
             std::move(tier), std::make_unique<ThreadPool>(kDiskThreads)),
      keys_(SetupsOf(config_.virustotal(), std::move(api_keys)),
            std::move(ledger), clock.Now(), WarnOfKeys),
      virustotal_(DialectOf(config_.virustotal()), clock, loop_, loop_, keys_,
                  RandomUnits()),
      resolver_(ResolverOptionsOf(config_,
                                  [this, &clock](const absl::Status& s) {
                                    failure_log_.Note(s, clock.Now());
                                  }),
                clock, loop_, cache_, virustotal_),
      privacy_(config_.privacy()),
      service_(
          {.submit_missing_urls = config_.virustotal().submit_missing_urls(),
           .refresh_ahead = config_.cache().refresh_ahead(),
           .max_batch = config_.limits().max_batch(),
           .stream = {.max_waiting = config_.limits().max_stream(),
                      .max_unsent = config_.limits().max_stream_bytes()}},
          clock, loop_, cache_, virustotal_, privacy_, resolver_),
      metrics_({.clock = clock,
                .loop = loop_,
                .cache = cache_,
                .keys = keys_,
                .resolver = resolver_,
                .service = service_,
                .privacy = privacy_}),
      clock_(clock) {}

Daemon::~Daemon() { Stop(); }

// One for each key that has a user.
void Daemon::SyncQuotas() {
  const std::vector<v1::KeyConfig> configs = KeyConfigsOf(config_.virustotal());
  for (size_t i = 0; i < configs.size(); ++i) {
    if (configs[i].user().empty()) continue;
    syncs_.push_back(std::make_unique<QuotaSync>(
        QuotaSync::Options{.user = configs[i].user(), .report = TellOperator},
        clock_, loop_, loop_, keys_, *keys_.keys()[i]));
    loop_.Post([sync = syncs_.back().get()] { sync->Start(); });
  }
}

absl::Status Daemon::Listen() {
  // Has the linker keep the descriptor, without which reflection cannot
  // describe the health service that it lists.
  grpc::health::v1::HealthCheckRequest::descriptor();
  // Process-wide switches of gRPC; saying them again does no harm.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::channelz::experimental::InitChannelzService();

  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(config_.listen().address(),
                           grpc::InsecureServerCredentials(), &port);
  // Else a second daemon would share the port, and half the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(static_cast<int>(
      std::min<uint64_t>(config_.limits().max_request(), INT32_MAX)));
  builder.SetMaxSendMessageSize(-1);
  builder.RegisterService(&service_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr ||
      (port == 0 && !absl::StartsWith(config_.listen().address(), "unix:"))) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot listen on ", config_.listen().address(),
        ": the address is in use, not this machine's, or not allowed"));
  }
  address_ = WithPort(config_.listen().address(), port);
  auto* const health = server_->GetHealthCheckService();
  health->SetServingStatus(v1::LookupService::service_full_name(), true);
  return absl::OkStatus();
}

// Lookups are what the daemon is for: it does without this rather than not run.
void Daemon::ServeHttp() {
  if (config_.http().address().empty()) return;
  absl::StatusOr<std::unique_ptr<HttpEndpoint>> endpoint = HttpEndpoint::Start(
      config_.http().address(), [this] { return metrics_.Text(); });
  if (!endpoint.ok()) {
    spdlog::error("http.address: {}; there are no metrics",
                  std::string(endpoint.status().message()));
    return;
  }
  http_ = *std::move(endpoint);
  spdlog::info("metrics on http://{}/metrics", http_->address());
}

void Daemon::Stop() {
  if (server_ == nullptr) return;
  server_->GetHealthCheckService()->SetServingStatus(false);
  const absl::Duration grace = ToAbslDuration(config_.shutdown_grace());
  // Calls are still taken meanwhile: what comes late gets an answer or a clear
  // refusal, which a closed server would not give.
  service_.EndStreams();
  std::latch drained(1);
  loop_.Post([this, grace, &drained] {
    resolver_.Drain(grace, [&drained] { drained.count_down(); });
  });
  drained.wait();
  // The loop still runs: it ends the calls that gRPC cancels.
  server_->Shutdown(absl::ToChronoTime(RealClock().Now() + kLastWords));
  server_->Wait();
  http_.reset();  // it waits for the loop
  loop_.Stop();
  LogTotals();
  server_.reset();
}

void Daemon::LogTotals() const {
  const Resolver::Counters& resolver = resolver_.counters();
  const LookupService::Counters& service = service_.counters();
  spdlog::info(
      "stopped after {} calls: {} lookups, {} answered at once, {} fetched "
      "with {} requests to VirusTotal ({} failed, {} made again), {} joined "
      "another's, {} served "
      "stale; refused: {} waiting, {} out of turn, {} writes to disk ({} "
      "failed); {} unreadable on disk, {} evicted from memory",
      service.calls.value(), service.lookups.value(), service.hits.value(),
      resolver.fetches.value(), virustotal_.requests(), resolver.failed.value(),
      resolver.retries.value(), resolver.coalesced.value(),
      resolver.stale_served.value(), resolver.refused.value(),
      resolver.out_of_turn.value(), cache_.writes().refused(),
      cache_.writes().failed(), disk_.read_errors(),
      cache_.memory().evictions());
}

}  // namespace vtlookup
