#ifndef VTLOOKUP_SERVER_WIRING_H_
#define VTLOOKUP_SERVER_WIRING_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "server/clients/audit.h"
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

HttpOptions HttpOptionsOf(const v1::VirusTotalConfig& config);

// One for each of KeyConfigsOf(config), in the same order as `api_keys`.
std::vector<KeyRing::Setup> SetupsOf(const v1::VirusTotalConfig& config,
                                     std::vector<std::string> api_keys);

// The options that LookupService has, and those of a listener on `address`.
// The latter borrow `tls`; null means no TLS.
LookupService::Options ServiceOptionsOf(const v1::Config& config);
Listener::Options ListenerOptionsOf(const v1::Config& config,
                                    std::string address, Tls* tls);

// How many threads serve calls: listen.threads, or one for two processors.
size_t ThreadsOf(const v1::ListenConfig& config);

// Writes down what VirusTotal was asked; empty when nothing is audited. Borrows
// `audit`.
std::function<void(const Resolver::Asked&)> AuditorOf(Audit& audit);

// Gives random numbers from 0 up to 1. The result is for one thread at a time.
std::function<double()> RandomUnits();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_WIRING_H_
