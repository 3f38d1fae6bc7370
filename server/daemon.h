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
#include "server/lookup_service.h"
#include "server/resolver.h"
#include "virustotal/curl_loop.h"
#include "virustotal/quota.h"
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
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const v1::Config& config,
                                                       std::string api_key,
                                                       const Clock& clock);

  ~Daemon();  // Stop

  // Where it listens; a port 0 is replaced by the one that was taken.
  const std::string& address() const { return address_; }

  // Says NOT_SERVING and goes on with hits; lookups that wait have the grace
  // of the configuration, then fail; then takes no call any more and stops.
  // Idempotent.
  void Stop();

 private:
  Daemon(const v1::Config& config, std::string api_key, const Clock& clock,
         std::unique_ptr<RocksTier> tier);

  absl::Status Listen();
  void LogTotals() const;

  const v1::Config config_;
  FailureLog failure_log_;  // loop only
  CurlLoop loop_;
  const RocksTier& disk_;  // the cache's
  Cache cache_;
  Quota quota_;           // loop only
  QuotaSync quota_sync_;  // loop only
  VirusTotal virustotal_;
  Resolver resolver_;
  LookupService service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_DAEMON_H_
