#include "server/operators/metric_families.h"

#include "absl/strings/str_cat.h"

namespace vtlookup {

prometheus::MetricFamily Family(const char* name, const char* help,
                                prometheus::MetricType type) {
  return {.name = absl::StrCat("vtlookup_", name),
          .help = help,
          .type = type,
          .metric = {}};
}

prometheus::MetricFamily Gauges(const char* name, const char* help) {
  return Family(name, help, prometheus::MetricType::Gauge);
}

prometheus::MetricFamily Counters(const char* name, const char* help) {
  return Family(name, help, prometheus::MetricType::Counter);
}

void Add(prometheus::MetricFamily* family, double value, Labels labels) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  if (family->type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family->metric.push_back(std::move(metric));
}

prometheus::MetricFamily One(prometheus::MetricFamily family, double value,
                             Labels labels) {
  Add(&family, value, std::move(labels));
  return family;
}

void Append(Families* families, Families more) {
  for (prometheus::MetricFamily& family : more) {
    families->push_back(std::move(family));
  }
}

}  // namespace vtlookup
