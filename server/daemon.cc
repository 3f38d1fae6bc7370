#include "server/daemon.h"

#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <latch>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/rocks_tier.h"
#include "core/address.h"
#include "server/config/api_key.h"
#include "server/config/yaml.h"
#include "server/proto/times.h"
#include "server/wiring.h"

namespace vtlookup {
namespace {

constexpr int kDiskThreads = 2;
constexpr size_t kMostAdminConnections = 64;
// Time for sending the last answers.
constexpr absl::Duration kLastWords = absl::Milliseconds(500);

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
  if (!config.gateway().tls().certificate_file().empty()) {
    absl::StatusOr<std::unique_ptr<Tls>> tls =
        Tls::Load(config.gateway().tls());
    if (!tls.ok()) return tls.status();
    opened.gateway_tls = *std::move(tls);
  }
  absl::StatusOr<std::unique_ptr<Audit>> audit =
      Audit::Open(config.log(), clock);
  if (!audit.ok()) return audit.status();
  opened.audit = *std::move(audit);
  absl::StatusOr<Stores> stores = OpenStores(config.cache(), clock);
  if (!stores.ok()) return stores.status();
  opened.stores = *std::move(stores);
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
  // Before the pages, whose metrics show it.
  daemon->ServeGateway();
  daemon->ServeHttp();
  if (!v2) daemon->SyncQuotas();
  daemon->loop_.Post([cache = daemon.get()] { cache->TendCache(); });
  return daemon;
}

Daemon::Daemon(Settings settings, const Clock& clock, LoadSettings load,
               Opened opened)
    : config_(std::move(settings.config)),
      api_keys_(std::move(settings.api_keys)),
      clock_(clock),
      audit_(std::move(opened.audit)),
      tls_(std::move(opened.tls)),
      gateway_tls_(std::move(opened.gateway_tls)),
      authorizer_(config_.auth()),
      call_log_(config_.log().one_call_in(), *audit_),
      unsent_(config_.limits().max_unsent()),
      failure_log_([](std::string_view what) {
        spdlog::warn("lookups fail: {}", what);
      }),
      loop_(
          HttpOptionsOf(config_.virustotal(), std::move(settings.proxy_login))),
      disk_(*opened.stores.tier),
      raw_disk_(opened.stores.raw_tier.get()),
      path_(config_, PartsOf(&opened), clock, loop_, loop_),
      slow_(1),
      service_(ServiceOptionsOf(config_), SharedByCalls(), clock, loop_,
               path_.fast_path, path_.resolver, slow_),
      status_(StatusSources()),
      metrics_(MetricsSources()),
      pages_({.metrics = metrics_,
              .status = status_,
              .traffic = traffic_,
              .cache = path_.cache,
              .clock = clock},
             ToYaml(config_)),
      entries_(path_.cache, path_.raws, loop_, clock),
      reloader_(ReloaderParts(std::move(load)), config_, api_keys_),
      admin_service_(AdminParts()) {}

CallRecord::Shared Daemon::SharedByCalls() {
  return {.access = authorizer_,
          .traffic = traffic_,
          .log = call_log_,
          .unsent = unsent_,
          .clock = clock_,
          .submit_missing = config_.virustotal().submit_missing_urls()};
}

MissPath::Parts Daemon::PartsOf(Opened* opened) {
  return {.tier = std::move(opened->stores.tier),
          .executor = std::make_unique<ThreadPool>(kDiskThreads),
          .raw_tier = std::move(opened->stores.raw_tier),
          .raw_executor = std::make_unique<ThreadPool>(kDiskThreads),
          .keys = SetupsOf(config_.virustotal(), api_keys_),
          .ledger = std::move(opened->stores.ledger),
          .report_keys = WarnOfKeys,
          .random = RandomUnits(),
          .on_failure =
              [this](const absl::Status& failure) {
                failure_log_.Note(failure, clock_.Uptime());
              },
          .on_asked =
              [audit = AuditorOf(*audit_),
               &uses = authorizer_.uses()](const FetchOutcome& asked) {
                uses.AddRequests(asked.client, asked.requests);
                if (audit) audit(asked);
              }};
}

StatusReport::Sources Daemon::StatusSources() {
  return {.clock = clock_,
          .loop = loop_,
          .cache = path_.cache,
          .disk = disk_,
          .raw_disk = raw_disk_,
          .keys = path_.keys,
          .virustotal = path_.virustotal,
          .resolver = path_.resolver,
          .traffic = traffic_,
          .clients = authorizer_.uses(),
          .memory_limit = config_.cache().memory(),
          .disk_limit = DiskLimitsOf(config_.cache()).verdicts,
          .raw_limit = DiskLimitsOf(config_.cache()).raw};
}

Metrics::Sources Daemon::MetricsSources() {
  return {.clock = clock_,
          .loop = loop_,
          .cache = path_.cache,
          .disk = disk_,
          .raws = path_.raws,
          .raw_disk = raw_disk_,
          .keys = path_.keys,
          .virustotal = path_.virustotal,
          .resolver = path_.resolver,
          .traffic = traffic_,
          .clients = authorizer_.uses(),
          .privacy = path_.privacy,
          .status = status_,
          .audit = *audit_,
          .unsent = unsent_};
}

Reloader::Parts Daemon::ReloaderParts(LoadSettings load) {
  return {.load = std::move(load),
          .tls = tls_.get(),
          .gateway_tls = gateway_tls_.get(),
          .authorizer = authorizer_,
          .privacy = path_.privacy,
          .pages = pages_,
          .call_log = call_log_,
          .loop = loop_,
          .resolver = path_.resolver,
          .keys = path_.keys,
          .status = status_,
          .clock = clock_,
          .audit = *audit_};
}

// A Unix socket needs no tokens: the file system says who may use it.
AdminService::Parts Daemon::AdminParts() {
  return {.entries = entries_,
          .resolver = path_.resolver,
          .fast_path = path_.fast_path,
          .status = status_,
          .audit = *audit_,
          .loop = loop_,
          .keys = path_.keys,
          .clock = clock_,
          .access =
              IsUnixAddress(config_.admin().address()) ? nullptr : &authorizer_,
          .reload = [this] { return Reload(); }};
}

Daemon::~Daemon() { Stop(); }

void Daemon::TendCache() {
  path_.cache.Tend();
  path_.raws.Tend();
  loop_.After(RocksTier::kRetryAfter, [this] { TendCache(); });
}

// Makes a QuotaSync for each key that has a user.
void Daemon::SyncQuotas() {
  const std::vector<v1::KeyConfig> configs = KeyConfigsOf(config_.virustotal());
  for (size_t i = 0; i < configs.size(); ++i) {
    if (configs[i].user().empty()) continue;
    syncs_.push_back(std::make_unique<QuotaSync>(
        QuotaSync::Options{.user = configs[i].user(), .report = TellOperator},
        clock_, loop_, loop_, path_.keys, *path_.keys.keys()[i]));
    loop_.Post([sync = syncs_.back().get()] { sync->Start(); });
  }
}

absl::Status Daemon::Listen() {
  Listener::Options options =
      ListenerOptionsOf(config_, config_.listen().address(), tls_.get());
  options.threads = ThreadsOf(config_.listen());
  options.unsent = &unsent_;
  options.accept = [this](CompletionLoop& queue) { service_.Accept(queue); };
  absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::Start(
      options, &service_, v1::LookupService::service_full_name());
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  address_ = listener_->address();
  metrics_.SetListener(*listener_);
  status_.SetAddress(address_, [this] { return listener_->Reachable(); });
  if (config_.listen().insecure() &&
      !IsLocalAddress(config_.listen().address())) {
    WarnInsecure();
  }
  return absl::OkStatus();
}

void Daemon::WarnInsecure() const {
  if (config_.auth().clients().empty()) {
    spdlog::warn(
        "listen.insecure is true: every machine that can reach {} may call the "
        "daemon",
        address_);
  } else {
    spdlog::warn(
        "listen.insecure is true: tokens, lookups and answers travel to and "
        "from {} without encryption; set listen.tls to encrypt them",
        address_);
  }
}

// If this fails, the daemon runs without AdminService, because lookups come
// first.
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
    spdlog::error("admin.address: {}; the daemon runs without AdminService",
                  std::string(listener.status().message()));
    return;
  }
  admin_ = *std::move(listener);
  spdlog::info("AdminService on {}", admin_->address());
}

// If this fails, the daemon runs without the status page, because lookups come
// first.
void Daemon::ServeHttp() {
  if (config_.http().address().empty()) return;
  absl::StatusOr<std::unique_ptr<HttpEndpoint>> endpoint = HttpEndpoint::Start(
      config_.http().address(),
      [this](const HttpQuery& query) { return pages_.Answer(query); });
  if (!endpoint.ok()) {
    spdlog::error(
        "http.address: {}; the daemon runs without status page and metrics",
        std::string(endpoint.status().message()));
    return;
  }
  http_ = *std::move(endpoint);
  spdlog::info("status and metrics on http://{}/", http_->address());
  if (config_.http().insecure() && !IsLocalAddress(config_.http().address())) {
    spdlog::warn(
        "http.insecure is true: every machine that can reach {} may read the "
        "configuration and the cached verdicts",
        http_->address());
  }
}

// If this fails, the daemon runs without the gateway, because gRPC may still
// serve the other clients.
void Daemon::ServeGateway() {
  const v1::GatewayConfig& gateway = config_.gateway();
  if (gateway.address().empty()) return;
  absl::StatusOr<std::unique_ptr<Gateway>> started = Gateway::Start(
      GatewayOptionsOf(
          config_, gateway_tls_ != nullptr ? gateway_tls_.get() : tls_.get()),
      {.fast_path = path_.fast_path,
       .resolver = path_.resolver,
       .loop = loop_,
       .clock = clock_},
      path_.raws, SharedByCalls());
  if (!started.ok()) {
    spdlog::error(
        "gateway.address: {}; the daemon runs without lookups over HTTP",
        std::string(started.status().message()));
    return;
  }
  gateway_ = *std::move(started);
  metrics_.SetGateway(*gateway_);
}

void Daemon::Stop() {
  if (listener_ == nullptr) return;
  status_.SetStopping();
  listener_->SayNotServing();
  if (admin_ != nullptr) admin_->SayNotServing();
  const absl::Duration grace = ToAbslDuration(config_.shutdown_grace());
  // Calls are still accepted during the drain: a late call gets an answer or a
  // clear refusal, which a closed server would not give.
  service_.EndStreams();
  if (gateway_ != nullptr) gateway_->EndStreams();
  std::latch drained(1);
  loop_.Post([this, grace, &drained] {
    path_.resolver.Drain(grace, [&drained] { drained.count_down(); });
  });
  drained.wait();
  // The loop must still run, because it ends the calls that gRPC cancels.
  listener_->Shutdown(kLastWords);
  if (admin_ != nullptr) {
    entries_.Stop();
    admin_->Shutdown(kLastWords);
  }
  http_.reset();  // its pages wait for the loop
  if (gateway_ != nullptr) gateway_->Drain(kLastWords);
  loop_.Stop();
  gateway_.reset();
  LogTotals();
  admin_.reset();
  listener_.reset();
}

void Daemon::LogTotals() const {
  const Resolver::Counters& resolver = path_.resolver.counters();
  spdlog::info(
      "stopped after {} calls: {} lookups, {} answered without VirusTotal; {} "
      "fetches from VirusTotal with {} requests ({} fetches failed, {} were "
      "retried), {} lookups joined the fetch of another, {} served stale; "
      "refused: {} because too many waited, {} because their turn "
      "would have come too late, {} writes to disk ({} writes failed); {} "
      "records on disk were "
      "unreadable, {} entries were evicted from memory",
      traffic_.calls(), traffic_.lookups(), traffic_.hits(),
      resolver.fetches.value(), path_.virustotal.requests(),
      resolver.failed.value(), resolver.retries.value(),
      resolver.coalesced.value(), traffic_.stale(), resolver.refused.value(),
      resolver.out_of_turn.value(), path_.cache.writes().refused(),
      path_.cache.writes().failed(), disk_.read_errors(),
      path_.cache.memory().evictions());
}

}  // namespace vtlookup
