#ifndef VTLOOKUP_SERVER_OPERATORS_HTTP_PAGES_H_
#define VTLOOKUP_SERVER_OPERATORS_HTTP_PAGES_H_

#include <string>

#include "cache/cache.h"
#include "core/clock.h"
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
  // All are borrowed except the text.
  struct Sources {
    const Metrics& metrics;
    const StatusReport& status;
    const Traffic& traffic;
    Cache& cache;
    const Clock& clock;
    std::string configuration;  // YAML, without secrets
  };

  explicit Pages(Sources sources) : sources_(std::move(sources)) {}

  HttpPage Answer(const HttpQuery& query) const;

 private:
  HttpPage Status() const;
  HttpPage Cached(const HttpQuery& query) const;
  HttpPage Ready() const;

  const Sources sources_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_HTTP_PAGES_H_
