#ifndef VTLOOKUP_SERVER_DAEMON_H_
#define VTLOOKUP_SERVER_DAEMON_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "cache/rocks_tier.h"
#include "core/clock.h"
#include "grpcpp/server.h"
#include "server/failure_log.h"
#include "server/http_endpoint.h"
#include "server/lookup_service.h"
#include "server/metrics.h"
#include "server/resolver.h"
#include "virustotal/curl_loop.h"
#include "virustotal/key_ring.h"
#include "virustotal/quota_ledger.h"
#include "virustotal/quota_sync.h"
#include "virustotal/virustotal.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The whole daemon, put together. Its members are declared in the order of
// their dependencies, so that destruction is shutdown. One thread, other than
// its own, uses it.
class Daemon {
 public:
  // Opens the cache, binds the port and serves. FailedPrecondition, in one
  // line fit for an operator, when it cannot. `clock` must outlive it.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(
      const v1::Config& config, std::vector<std::string> api_keys,
      const Clock& clock);

  ~Daemon();  // Stop

  // Where it listens; a port 0 is replaced by the one that was taken.
  const std::string& address() const { return address_; }

  // Says NOT_SERVING and goes on with hits; lookups that wait have the grace
  // of the configuration, then fail; then takes no call any more and stops.
  // Idempotent.
  void Stop();

 private:
  Daemon(const v1::Config& config, std::vector<std::string> api_keys,
         const Clock& clock, std::unique_ptr<RocksTier> tier,
         std::unique_ptr<QuotaLedger> ledger);

  absl::Status Listen();
  void ServeHttp();
  void SyncQuotas();
  void LogTotals() const;

  const v1::Config config_;
  FailureLog failure_log_;  // loop only
  CurlLoop loop_;
  const RocksTier& disk_;  // the cache's
  Cache cache_;
  KeyRing keys_;  // loop only
  VirusTotal virustotal_;
  Resolver resolver_;
  PrivacyGate privacy_;
  LookupService service_;
  Metrics metrics_;
  const Clock& clock_;
  std::vector<std::unique_ptr<QuotaSync>> syncs_;  // loop only, once started
  std::unique_ptr<HttpEndpoint> http_;             // null when it cannot listen
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_DAEMON_H_
