#ifndef VTLOOKUP_SERVER_DAEMON_H_
#define VTLOOKUP_SERVER_DAEMON_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/rocks_tier.h"
#include "core/clock.h"
#include "core/thread_pool.h"
#include "server/clients/audit.h"
#include "server/clients/authorizer.h"
#include "server/clients/call_log.h"
#include "server/config/config_change.h"
#include "server/gateway/gateway.h"
#include "server/lookup/lookup_service.h"
#include "server/lookup/traffic.h"
#include "server/miss_path.h"
#include "server/operators/admin/admin_service.h"
#include "server/operators/admin/cached_entries.h"
#include "server/operators/failure_log.h"
#include "server/operators/http/endpoint.h"
#include "server/operators/http/pages.h"
#include "server/operators/metrics.h"
#include "server/operators/status_report.h"
#include "server/reloader.h"
#include "server/stores.h"
#include "server/transport/listener.h"
#include "server/transport/tls.h"
#include "virustotal/http/curl_loop.h"
#include "virustotal/keys/quota_ledger.h"
#include "virustotal/v3/quota_sync.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The whole daemon. Its members are declared in the order of their
// dependencies, so that destruction is shutdown. One thread at a time may use
// it, and none of its own; Ready and Reload are thread-safe.
class Daemon {
 public:
  // Opens the cache, binds the port and serves. On failure FailedPrecondition,
  // in one line for an operator. `clock` is borrowed. Reload reads the settings
  // with `load`; without `load` it fails.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(Settings settings,
                                                       const Clock& clock,
                                                       LoadSettings load = {});

  ~Daemon();  // Stop

  // The address on which it listens; a port 0 is replaced by the one that was
  // taken.
  const std::string& address() const { return address_; }

  // That of the gateway; empty when it has none.
  std::string gateway_address() const {
    return gateway_ == nullptr ? "" : gateway_->server().address();
  }

  // OK while lookups can be answered; otherwise the reason. Thread-safe.
  absl::Status Ready() const { return status_.Ready(); }

  // Reads the settings again, and applies all changes that need no restart, or
  // none. FailedPrecondition, with every mistake, when they are bad.
  // Thread-safe.
  absl::StatusOr<v1::ReloadConfigResponse> Reload() {
    return reloader_.Reload();
  }

  // Reports NOT_SERVING and goes on serving hits. Lookups that wait have the
  // grace period of the configuration, then fail. After that, stops taking
  // calls and ends. Blocks. Idempotent.
  void Stop();

 private:
  // The parts that are opened before construction, because opening may fail.
  struct Opened {
    Stores stores;
    std::unique_ptr<Audit> audit;
    std::unique_ptr<Tls> tls;          // null: no TLS
    std::unique_ptr<Tls> gateway_tls;  // null: none of its own
  };
  static absl::StatusOr<Opened> Open(const v1::Config& config,
                                     const Clock& clock);
  Daemon(Settings settings, const Clock& clock, LoadSettings load,
         Opened opened);

  absl::Status Listen();
  void ServeAdmin();
  void ServeHttp();
  void ServeGateway();
  CallRecord::Shared SharedByCalls();
  MissPath::Parts PartsOf(Opened* opened);
  StatusReport::Sources StatusSources();
  Metrics::Sources MetricsSources();
  Reloader::Parts ReloaderParts(LoadSettings load);
  AdminService::Parts AdminParts();
  void SyncQuotas();
  void TendCache();  // loop only
  void WarnInsecure() const;
  void LogTotals() const;

  const v1::Config config_;                  // as it was at start
  const std::vector<std::string> api_keys_;  // likewise
  const Clock& clock_;
  const std::unique_ptr<Audit> audit_;
  const std::unique_ptr<Tls> tls_;
  const std::unique_ptr<Tls> gateway_tls_;  // null: the gateway uses tls_
  Authorizer authorizer_;
  Traffic traffic_;
  CallLog call_log_;
  UnsentBudget unsent_;
  FailureLog failure_log_;  // loop only
  CurlLoop loop_;
  const RocksTier& disk_;            // that of the cache
  const RocksTier* const raw_disk_;  // null: raw reports are not kept
  MissPath path_;
  ThreadPool slow_;  // parses batches with many internationalised names
  LookupService service_;
  StatusReport status_;
  Metrics metrics_;
  Pages pages_;
  CachedEntries entries_;
  Reloader reloader_;
  AdminService admin_service_;
  std::vector<std::unique_ptr<QuotaSync>> syncs_;  // loop only, once started
  std::unique_ptr<Gateway> gateway_;               // null when it cannot listen
  std::unique_ptr<HttpEndpoint> http_;             // null when it cannot listen
  std::unique_ptr<Listener> admin_;                // null when it cannot listen
  std::unique_ptr<Listener> listener_;
  std::string address_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_DAEMON_H_
