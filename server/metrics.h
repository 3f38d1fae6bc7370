#ifndef VTLOOKUP_SERVER_METRICS_H_
#define VTLOOKUP_SERVER_METRICS_H_

#include <string>

#include "cache/cache.h"
#include "core/clock.h"
#include "core/loop.h"
#include "server/lookup_service.h"
#include "server/privacy_gate.h"
#include "server/resolver.h"
#include "virustotal/key_ring.h"

namespace vtlookup {

// What is counted, as Prometheus reads it. The names are a contract with those
// who have dashboards and alerts; an indicator or a key is never a label.
class Metrics {
 public:
  // All borrowed.
  struct Sources {
    const Clock& clock;
    Loop& loop;
    const Cache& cache;
    KeyRing& keys;  // loop only
    const Resolver& resolver;
    const LookupService& service;
    const PrivacyGate& privacy;
  };

  explicit Metrics(Sources sources) : sources_(sources) {}

  // In the text format, version 0.0.4. Any thread but the loop's: it waits for
  // that, at most two seconds; what it could not say then is left out.
  std::string Text() const;

 private:
  const Sources sources_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_METRICS_H_
