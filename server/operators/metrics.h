#ifndef VTLOOKUP_SERVER_OPERATORS_METRICS_H_
#define VTLOOKUP_SERVER_OPERATORS_METRICS_H_

#include <string>

#include "cache/cache.h"
#include "cache/raw_reports.h"
#include "cache/rocks_tier.h"
#include "core/clock.h"
#include "core/loop.h"
#include "server/clients/audit.h"
#include "server/clients/client_use.h"
#include "server/lookup/traffic.h"
#include "server/misses/resolver.h"
#include "server/operators/status_report.h"
#include "server/privacy/privacy_gate.h"
#include "server/transport/listener.h"
#include "server/transport/unsent_budget.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/virustotal.h"

namespace vtlookup {

class Gateway;

// The metrics of the daemon, for Prometheus. Their names are a contract with
// operators' dashboards and alerts. An indicator or an API key is never a
// label.
class Metrics {
 public:
  // All are borrowed.
  struct Sources {
    const Clock& clock;
    Loop& loop;
    const Cache& cache;
    const RocksTier& disk;
    RawReports& raws;
    const RocksTier* raw_disk;     // null: raw reports are not kept
    KeyRing& keys;                 // loop only
    const VirusTotal& virustotal;  // loop only
    const Resolver& resolver;      // loop only, but for its counters
    const Traffic& traffic;
    const ClientUses& clients;
    const PrivacyGate& privacy;
    const StatusReport& status;
    const Audit& audit;
    const UnsentBudget& unsent;
  };

  explicit Metrics(Sources sources) : sources_(sources) {}

  // Returns all metrics in the text format, version 0.0.4. Any thread except
  // the loop's: it waits for the loop, and omits the metrics for which the loop
  // does not answer in time (RunOnLoop).
  std::string Text() const;

  // Adds the metrics of `listener`'s connections. Borrows it. Call it before
  // the first Text; `listener` must outlive the last one.
  void SetListener(const Listener& listener) { listener_ = &listener; }
  // Adds the metrics of the gateway, in the same way.
  void SetGateway(const Gateway& gateway) { gateway_ = &gateway; }

 private:
  const Sources sources_;
  const Listener* listener_ = nullptr;
  const Gateway* gateway_ = nullptr;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_METRICS_H_
