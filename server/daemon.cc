#include "server/daemon.h"

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/rocks_tier.h"
#include "core/address.h"
#include "core/failure.h"
#include "core/secret.h"
#include "core/text.h"
#include "server/config/api_key.h"
#include "server/config/check.h"
#include "server/config/private_folder.h"
#include "server/config/yaml.h"
#include "server/operators/log.h"
#include "server/operators/run_on_loop.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

constexpr int kDiskThreads = 2;
// Descriptors that are kept for everything except clients' connections: a
// quarter of the limit, within these bounds.
constexpr size_t kFewestFiles = 48;
constexpr size_t kMostFiles = 768;
constexpr size_t kMostAdminConnections = 64;
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

// Writes down what VirusTotal was asked.
std::function<void(const Resolver::Asked&)> AuditorOf(Audit& audit) {
  if (!audit.on()) return {};
  return [&audit](const Resolver::Asked& asked) {
    audit.Write({.event = asked.ask == Ask::kSubmit ? "submitted" : "asked",
                 .client = asked.client.empty() ? "vtlookupd"
                                                : std::string(asked.client),
                 .kind = std::string(KindName(asked.indicator.kind())),
                 .indicator = ShownIndicator(asked.indicator),
                 .source = "virustotal",
                 .outcome = asked.outcome.ok()
                                ? absl::StrCat("code ", asked.response_code)
                                : std::string(asked.outcome.message()),
                 .requests = FailureOf(asked.outcome).not_sent ? 0 : 1,
                 .trace = std::string(asked.trace)});
  };
}

Resolver::Options ResolverOptionsOf(
    const v1::Config& config,
    std::function<void(const absl::Status&)> on_failure, PrivacyGate& privacy,
    Audit& audit) {
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
          .max_wait = ToAbslDuration(config.limits().max_wait()),
          .random = RandomUnits(),
          .on_failure = std::move(on_failure),
          .withheld =
              [&privacy](const Indicator& indicator) {
                return privacy.WhyNotNow(indicator);
              },
          .on_asked = AuditorOf(audit)};
}

// The bound of connections: listen.max_connections, or fewer with a low limit
// of files. Each connection takes two descriptors; the database, requests to
// VirusTotal and the status page need some, too.
size_t MostConnections(const v1::ListenConfig& config) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return config.max_connections();
  const auto limit = static_cast<size_t>(files.rlim_cur);
  const size_t kept =
      std::min(limit, std::clamp<size_t>(limit / 4, kFewestFiles, kMostFiles));
  const size_t most = std::max<size_t>((limit - kept) / 2, 1);
  return std::min<size_t>(most, config.max_connections());
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

size_t ThreadsOf(const v1::ListenConfig& config) {
  if (config.threads() != 0) return config.threads();
  return std::max(std::thread::hardware_concurrency() / 2, 1U);
}

// What is live of one file and what is not of another may not go together.
absl::Status CheckLive(const v1::Config& config) {
  ConfigErrors errors;
  CheckConfig(config, &errors);
  if (errors.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("not without a restart: ", absl::StrJoin(errors, "\n")));
}

void WarnOperator(std::string_view message) {
  spdlog::warn("cache: {}", message);
}

void WarnOfKeys(std::string_view message) { spdlog::warn("{}", message); }

void TellOperator(std::string_view message) { spdlog::info("{}", message); }

}  // namespace

absl::StatusOr<Daemon::Opened> Daemon::Open(const v1::Config& config,
                                            const Clock& clock) {
  Opened opened;
  if (!config.listen().tls().certificate_file().empty()) {
    absl::StatusOr<std::unique_ptr<Tls>> tls = Tls::Load(config.listen().tls());
    if (!tls.ok()) return tls.status();
    opened.tls = *std::move(tls);
  }
  absl::StatusOr<std::unique_ptr<Audit>> audit =
      Audit::Open(config.log(), clock);
  if (!audit.ok()) return audit.status();
  opened.audit = *std::move(audit);
  const std::string verdicts = absl::StrCat(config.cache().path(), "/verdicts");
  // Checked before RocksTier::Open, which makes the folder. A failure is
  // ignored, since the tier reports it.
  std::error_code error;
  const bool used_before = std::filesystem::exists(verdicts, error);
  // The tier comes before the ledger, because it locks the folder.
  absl::StatusOr<std::unique_ptr<RocksTier>> tier =
      RocksTier::Open({.path = verdicts,
                       .max_bytes = config.cache().disk_limit(),
                       .required = config.cache().required(),
                       .report = WarnOperator},
                      clock);
  if (!tier.ok()) return tier.status();
  opened.tier = *std::move(tier);
  if (opened.tier->off()) {
    spdlog::error("cache: {} cannot be used now; verdicts are kept in memory",
                  config.cache().path());
  }
  CloseToOthers(config.cache().path());
  absl::StatusOr<std::unique_ptr<QuotaLedger>> ledger =
      QuotaLedger::Open({.path = absl::StrCat(config.cache().path(), "/quota"),
                         .boot_id = BootId(),
                         .expected = used_before});
  if (ledger.ok()) {
    opened.ledger = *std::move(ledger);
  } else if (config.cache().required()) {
    return ledger.status();
  } else {
    spdlog::error(
        "{}; requests to VirusTotal are counted in memory only, so a restart "
        "forgets how much of the quota is used",
        std::string(ledger.status().message()));
  }
  return opened;
}

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(Settings settings,
                                                      const Clock& clock,
                                                      LoadSettings load) {
  absl::StatusOr<Opened> opened = Open(settings.config, clock);
  if (!opened.ok()) return opened.status();
  const bool v2 = settings.config.virustotal().api() == v1::VIRUS_TOTAL_API_V2;
  std::unique_ptr<Daemon> daemon(new Daemon(
      std::move(settings), clock, std::move(load), *std::move(opened)));
  if (absl::Status status = daemon->Listen(); !status.ok()) return status;
  daemon->ServeAdmin();
  daemon->ServeHttp();
  if (!v2) daemon->SyncQuotas();
  daemon->loop_.Post([cache = daemon.get()] { cache->TendCache(); });
  return daemon;
}

Daemon::Daemon(Settings settings, const Clock& clock, LoadSettings load,
               Opened opened)
    : config_(std::move(settings.config)),
      load_(std::move(load)),
      audit_(std::move(opened.audit)),
      tls_(std::move(opened.tls)),
      authorizer_(config_.auth()),
      call_log_(config_.log().one_call_in(), *audit_),
      unsent_(config_.limits().max_unsent()),
      failure_log_([](std::string_view what) {
        spdlog::warn("lookups fail: {}", what);
      }),
      loop_(HttpOptionsOf(config_.virustotal())),
      disk_(*opened.tier),
      cache_({.memory_bytes = config_.cache().memory(),
              .hot_size = StoredVerdict::SizeOfSummary,
              .max_pending_bytes = config_.limits().max_pending_writes()},
             std::move(opened.tier),
             std::make_unique<ThreadPool>(kDiskThreads)),
      keys_(SetupsOf(config_.virustotal(), std::move(settings.api_keys)),
            std::move(opened.ledger), clock.ReadMoment(), WarnOfKeys),
      virustotal_(DialectOf(config_.virustotal()), clock, loop_, loop_, keys_,
                  RandomUnits()),
      privacy_(config_.privacy()),
      resolver_(ResolverOptionsOf(
                    config_,
                    [this, &clock](const absl::Status& s) {
                      failure_log_.Note(s, clock.Uptime());
                    },
                    privacy_, *audit_),
                clock, loop_, cache_, virustotal_),
      slow_(1),
      service_(
          {.submit_missing_urls = config_.virustotal().submit_missing_urls(),
           .refresh_ahead = config_.cache().refresh_ahead(),
           .max_batch = config_.limits().max_batch(),
           .max_reply = config_.limits().max_reply(),
           .stream = {.max_items = config_.limits().max_batch(),
                      .max_waiting = config_.limits().max_stream(),
                      .max_unsent = config_.limits().max_stream_bytes()}},
          {.access = authorizer_,
           .traffic = traffic_,
           .log = call_log_,
           .unsent = unsent_,
           .clock = clock},
          clock, loop_, cache_, virustotal_, privacy_, resolver_, slow_),
      status_({.clock = clock,
               .loop = loop_,
               .cache = cache_,
               .disk = disk_,
               .keys = keys_,
               .virustotal = virustotal_,
               .resolver = resolver_,
               .service = service_,
               .traffic = traffic_,
               .memory_limit = config_.cache().memory(),
               .disk_limit = config_.cache().disk_limit()}),
      metrics_({.clock = clock,
                .loop = loop_,
                .cache = cache_,
                .disk = disk_,
                .keys = keys_,
                .virustotal = virustotal_,
                .resolver = resolver_,
                .traffic = traffic_,
                .privacy = privacy_,
                .status = status_,
                .audit = *audit_,
                .unsent = unsent_}),
      pages_({.metrics = metrics_,
              .status = status_,
              .traffic = traffic_,
              .cache = cache_,
              .clock = clock,
              .configuration = ToYaml(config_)}),
      entries_(cache_, loop_, clock),
      admin_service_({.entries = entries_,
                      .resolver = resolver_,
                      .front = service_.front(),
                      .status = status_,
                      .audit = *audit_,
                      .access = IsUnixAddress(config_.admin().address())
                                    ? nullptr
                                    : &authorizer_,
                      .reload = [this] { return Reload(); }}),
      clock_(clock),
      current_(config_) {}

Daemon::~Daemon() { Stop(); }

void Daemon::TendCache() {
  cache_.Tend();
  loop_.After(RocksTier::kRetryAfter, [this] { TendCache(); });
}

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
  Listener::Options options =
      ListenerOptionsOf(config_, config_.listen().address(), tls_.get());
  options.threads = ThreadsOf(config_.listen());
  options.unsent = &unsent_;
  options.accept = [this](CallQueue& queue) { service_.Accept(queue); };
  absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::Start(
      options, &service_, v1::LookupService::service_full_name());
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  address_ = listener_->address();
  metrics_.SetListener(*listener_);
  status_.SetAddress(address_, [this] { return listener_->Reachable(); });
  if (config_.listen().insecure() &&
      !IsLocalAddress(config_.listen().address())) {
    spdlog::warn("listen.insecure: {} is open to the network", address_);
  }
  return absl::OkStatus();
}

// Lookups are what the daemon is for: it does without this rather than not run.
void Daemon::ServeAdmin() {
  const std::string& address = config_.admin().address();
  if (address.empty()) return;
  Listener::Options options = ListenerOptionsOf(
      config_, address, IsUnixAddress(address) ? nullptr : tls_.get());
  options.owner_only = true;
  options.max_connections =
      std::min<size_t>(options.max_connections, kMostAdminConnections);
  absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::Start(
      options, &admin_service_, v1::AdminService::service_full_name());
  if (!listener.ok()) {
    spdlog::error("admin.address: {}; there is no AdminService",
                  std::string(listener.status().message()));
    return;
  }
  admin_ = *std::move(listener);
  spdlog::info("AdminService on {}", admin_->address());
}

// As above.
void Daemon::ServeHttp() {
  if (config_.http().address().empty()) return;
  absl::StatusOr<std::unique_ptr<HttpEndpoint>> endpoint = HttpEndpoint::Start(
      config_.http().address(),
      [this](const HttpQuery& query) { return pages_.Answer(query); });
  if (!endpoint.ok()) {
    spdlog::error("http.address: {}; there is no status page, and no metrics",
                  std::string(endpoint.status().message()));
    return;
  }
  http_ = *std::move(endpoint);
  spdlog::info("status and metrics on http://{}/", http_->address());
  if (config_.http().insecure() && !IsLocalAddress(config_.http().address())) {
    spdlog::warn("http.insecure: {} is open to the network", http_->address());
  }
}

absl::StatusOr<v1::ReloadConfigResponse> Daemon::Reload() {
  if (!load_) {
    return absl::FailedPreconditionError("there is nothing to reload from");
  }
  MutexLock lock(reload_mu_);
  absl::StatusOr<Settings> settings = load_();
  absl::Status status = settings.status();
  v1::ReloadConfigResponse response;
  if (status.ok()) {
    const ConfigChange change = ChangeOf(current_, settings->config);
    *response.mutable_changed() = {change.live.begin(), change.live.end()};
    *response.mutable_restart_needed() = {change.restart.begin(),
                                          change.restart.end()};
    if (!SameKeyNames(current_.virustotal(), settings->config.virustotal())) {
      settings->api_keys.clear();  // they are those of the next start
    }
    settings->config = WithLiveParts(current_, settings->config);
    status = CheckLive(settings->config);
    if (status.ok()) status = Apply(*settings);
  }
  // The status page shows the error to everybody who can reach it.
  const std::string why = Shown(ToStd(status.message()));
  status_.NoteReload(status.ok() ? status : absl::FailedPreconditionError(why));
  if (!status.ok()) {
    spdlog::error("the configuration was not reloaded: {}", why);
    return absl::FailedPreconditionError(why);
  }
  current_ = settings->config;
  spdlog::info("configuration reloaded; changed: {}; waits for a restart: {}",
               absl::StrJoin(response.changed(), ", "),
               absl::StrJoin(response.restart_needed(), ", "));
  return response;
}

// What can fail comes first, and leaves all as it was.
absl::Status Daemon::Apply(const Settings& settings) {
  const v1::Config& config = settings.config;
  if (tls_ != nullptr) {
    if (absl::Status status = tls_->Reload(config.listen().tls());
        !status.ok()) {
      return status;
    }
  }
  authorizer_.Replace(config.auth());
  privacy_.Replace(config.privacy());
  SetLogLevel(config.log().level());
  call_log_.SetRate(config.log().one_call_in());
  std::vector<KeyRing::Setup> setups;
  if (!settings.api_keys.empty()) {
    setups = SetupsOf(config.virustotal(), settings.api_keys);
  }
  loop_.Post(
      [this, cache = config.cache(), setups = std::move(setups)]() mutable {
        resolver_.SetLifetimes(cache);
        keys_.Exchange(std::move(setups));
      });
  return absl::OkStatus();
}

void Daemon::Stop() {
  if (listener_ == nullptr) return;
  status_.SetStopping();
  listener_->SayNotServing();
  if (admin_ != nullptr) admin_->SayNotServing();
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
  listener_->Shutdown(kLastWords);
  if (admin_ != nullptr) {
    entries_.Stop();
    admin_->Shutdown(kLastWords);
  }
  http_.reset();  // it waits for the loop
  loop_.Stop();
  LogTotals();
  admin_.reset();
  listener_.reset();
}

void Daemon::LogTotals() const {
  const Resolver::Counters& resolver = resolver_.counters();
  spdlog::info(
      "stopped after {} calls: {} lookups, {} answered at once, {} fetched "
      "with {} requests to VirusTotal ({} failed, {} made again), {} joined "
      "another's, {} served "
      "stale; refused: {} waiting, {} out of turn, {} writes to disk ({} "
      "failed); {} unreadable on disk, {} evicted from memory",
      traffic_.calls(), traffic_.lookups(), service_.hits(),
      resolver.fetches.value(), virustotal_.requests(), resolver.failed.value(),
      resolver.retries.value(), resolver.coalesced.value(), traffic_.stale(),
      resolver.refused.value(), resolver.out_of_turn.value(),
      cache_.writes().refused(), cache_.writes().failed(), disk_.read_errors(),
      cache_.memory().evictions());
}

}  // namespace vtlookup
