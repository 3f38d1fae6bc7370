#ifndef VTLOOKUP_SERVER_WIRING_H_
#define VTLOOKUP_SERVER_WIRING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/clients/audit.h"
#include "server/gateway/gateway.h"
#include "server/lookup/lookup_service.h"
#include "server/misses/resolver.h"
#include "server/transport/listener.h"
#include "server/transport/tls.h"
#include "virustotal/http/curl_loop.h"
#include "virustotal/keys/key_ring.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Functions that make the options of the daemon's parts from its configuration.
// They are thread-safe.

HttpOptions HttpOptionsOf(const v1::VirusTotalConfig& config,
                          std::string proxy_login);

// Returns one setup for each of KeyConfigsOf(config). `api_keys` must be in the
// same order.
std::vector<KeyRing::Setup> SetupsOf(const v1::VirusTotalConfig& config,
                                     std::vector<std::string> api_keys);

// Return the options of LookupService, and those of a listener on `address`.
// The latter borrow `tls`; null means no TLS.
LookupService::Options ServiceOptionsOf(const v1::Config& config);
Listener::Options ListenerOptionsOf(const v1::Config& config,
                                    std::string address, Tls* tls);

// How cache.disk_limit is divided between verdicts and raw reports, in bytes.
// `raw` is 0 when raw reports are not kept.
struct DiskLimits {
  uint64_t verdicts;
  uint64_t raw;
};
DiskLimits DiskLimitsOf(const v1::CacheConfig& config);

// Returns the options of the gateway; `tls` as for a listener. On a Unix socket
// or on loopback TLS is used only if gateway.tls sets it.
Gateway::Options GatewayOptionsOf(const v1::Config& config, Tls* tls);

// Returns the number of threads that serve calls: listen.threads, or half the
// number of processors if that is 0.
size_t ThreadsOf(const v1::ListenConfig& config);

// Returns a function that writes to the audit log what VirusTotal was asked, or
// an empty one when there is no audit log. Borrows `audit`.
std::function<void(const FetchOutcome&)> AuditorOf(Audit& audit);

// Returns a function that gives random numbers from 0 up to 1. One thread at a
// time may call it.
std::function<double()> RandomUnits();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_WIRING_H_
