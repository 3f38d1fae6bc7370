#ifndef VTLOOKUP_SERVER_OPERATORS_HTTP_PAGES_H_
#define VTLOOKUP_SERVER_OPERATORS_HTTP_PAGES_H_

#include <string>

#include "absl/base/thread_annotations.h"
#include "cache/cache.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "server/lookup/traffic.h"
#include "server/operators/http/endpoint.h"
#include "server/operators/metrics.h"
#include "server/operators/status_report.h"

namespace vtlookup {

// The pages of the HTTP server, by path:
//   /             the status page, which loads the next two
//   /status.json  the daemon's state, quota, counts and configuration
//   /cached.json  the cached entry of ?kind=..&value=..; never asks VirusTotal
//   /metrics      for Prometheus
//   /healthz      200 while the process answers
//   /readyz       200 while lookups can be answered; otherwise 503, and why
// Thread-safe, but not for use on the loop.
class Pages {
 public:
  // All are borrowed.
  struct Sources {
    const Metrics& metrics;
    const StatusReport& status;
    const Traffic& traffic;
    Cache& cache;
    const Clock& clock;
  };

  // `configuration` is the one in use, as YAML without secrets.
  Pages(Sources sources, std::string configuration)
      : sources_(sources), configuration_(std::move(configuration)) {}

  HttpPage Answer(const HttpQuery& query) const;

  // Replaces the configuration, after a reload.
  void SetConfiguration(std::string configuration) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  HttpPage Status() const;
  HttpPage Cached(const HttpQuery& query) const;
  HttpPage Ready() const;

  const Sources sources_;
  mutable Mutex mu_;
  std::string configuration_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_HTTP_PAGES_H_
