#ifndef VTLOOKUP_SERVER_OPERATORS_METRIC_FAMILIES_H_
#define VTLOOKUP_SERVER_OPERATORS_METRIC_FAMILIES_H_

#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "core/counter.h"

namespace vtlookup {

// Helpers that build the families of the daemon's metrics. The functions are
// thread-safe.

using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::vector<prometheus::ClientMetric::Label>;

// Return a family without values. Its name is `vtlookup_` and `name`.
prometheus::MetricFamily Family(const char* name, const char* help,
                                prometheus::MetricType type);
prometheus::MetricFamily Gauges(const char* name, const char* help);
prometheus::MetricFamily Counters(const char* name, const char* help);

// Adds a value to a family of gauges or counters.
void Add(prometheus::MetricFamily* family, double value, Labels labels = {});

// Returns the family with one value more.
prometheus::MetricFamily One(prometheus::MetricFamily family, double value,
                             Labels labels = {});

void Append(Families* families, Families more);

inline double Value(const Counter& counter) {
  return static_cast<double>(counter.value());
}

// Returns a family with one histogram. `counts` has a number for each bucket;
// the last is for what is above all bounds.
template <size_t N>
prometheus::MetricFamily Histogram(const char* name, const char* help,
                                   const std::array<double, N>& bounds,
                                   const std::array<uint64_t, N + 1>& counts,
                                   double sum) {
  auto family = Family(name, help, prometheus::MetricType::Histogram);
  prometheus::ClientMetric metric;
  uint64_t cumulative = 0;
  for (size_t i = 0; i <= N; ++i) {
    cumulative += counts[i];
    metric.histogram.bucket.push_back(
        {cumulative,
         i < N ? bounds[i] : std::numeric_limits<double>::infinity()});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = sum;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_METRIC_FAMILIES_H_
