#include "server/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::vector<prometheus::ClientMetric::Label>;

constexpr std::chrono::seconds kPatience(2);

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

void Add(prometheus::MetricFamily* family, double value, Labels labels = {}) {
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
                             Labels labels = {}) {
  Add(&family, value, std::move(labels));
  return family;
}

double Value(const Counter& counter) {
  return static_cast<double>(counter.value());
}

// --- Loop only -------------------------------------------------------------

void AddWindow(const std::string& key, const char* window, uint32_t limit,
               uint32_t used, prometheus::MetricFamily* limits,
               prometheus::MetricFamily* uses) {
  const Labels labels = {{"key", key}, {"window", window}};
  if (limit != 0) Add(limits, limit, labels);
  Add(uses, used, labels);
}

Families QuotaFamilies(KeyRing& keys, absl::Time now) {
  auto limit = Gauges("quota_limit",
                      "Requests that a window allows; absent without a limit");
  auto used = Gauges("quota_used", "Requests counted in the window so far");
  auto reset =
      Gauges("quota_reset_timestamp_seconds", "When the window begins anew");
  auto paused = Gauges("quota_paused_seconds",
                       "How long VirusTotal wants no request, yet");
  auto refused =
      Gauges("quota_key_refused", "1 when VirusTotal does not take the key");
  for (const auto& key : keys.keys()) {
    const Quota::Usage usage = key->quota.UsageAt(now);
    const Quota::Limits& limits = key->quota.limits();
    // Without a limit a minute is not counted.
    if (limits.per_minute != 0) {
      AddWindow(key->name, "minute", limits.per_minute, usage.minute, &limit,
                &used);
    }
    AddWindow(key->name, "day", limits.per_day, usage.day, &limit, &used);
    AddWindow(key->name, "month", limits.per_month, usage.month, &limit, &used);
    Add(&reset, absl::ToDoubleSeconds(NextUtcDay(now) - absl::UnixEpoch()),
        {{"key", key->name}, {"window", "day"}});
    Add(&reset, absl::ToDoubleSeconds(NextUtcMonth(now) - absl::UnixEpoch()),
        {{"key", key->name}, {"window", "month"}});
    const absl::Duration pause =
        std::max(usage.paused_until - now, absl::ZeroDuration());
    Add(&paused, absl::ToDoubleSeconds(pause), {{"key", key->name}});
    Add(&refused, key->refused ? 1 : 0, {{"key", key->name}});
  }
  return {std::move(limit),
          std::move(used),
          std::move(reset),
          std::move(paused),
          std::move(refused),
          One(Counters("quota_unwritten_total",
                       "Counts that only memory holds, as the ledger cannot "
                       "be written"),
              static_cast<double>(keys.unwritten()))};
}

// --- Any thread ------------------------------------------------------------

Families MissFamilies(const Resolver::Counters& counters) {
  auto refused = Counters("refused_total", "Lookups turned away, by reason");
  Add(&refused, Value(counters.refused), {{"reason", "too_many_waiting"}});
  Add(&refused, Value(counters.out_of_turn), {{"reason", "out_of_turn"}});
  return {One(Counters("coalesced_total",
                       "Lookups that joined the request of another"),
              Value(counters.coalesced)),
          One(Counters("stale_served_total",
                       "Lookups answered with an expired verdict"),
              Value(counters.stale_served)),
          One(Counters("retries_total", "Requests to VirusTotal made again"),
              Value(counters.retries)),
          One(Counters("polls_total", "Queued items asked again"),
              Value(counters.polls)),
          One(Counters("refreshed_ahead_total",
                       "Verdicts refreshed before they expired"),
              Value(counters.refreshed)),
          std::move(refused)};
}

prometheus::MetricFamily WithheldFamily(const PrivacyGate& privacy) {
  using Reason = PrivacyGate::Reason;
  auto withheld = Counters(
      "withheld_total",
      "Lookups that the privacy gate kept here, or would in a dry run");
  for (const auto& [reason, name] :
       {std::pair{Reason::kPrivateAddress, "private_address"},
        {Reason::kInternalDomain, "internal_domain"},
        {Reason::kUnlistedSuffix, "unlisted_suffix"},
        {Reason::kCredentials, "credentials"}}) {
    Add(&withheld, static_cast<double>(privacy.withheld(reason)),
        {{"reason", name}});
  }
  return withheld;
}

Families CacheFamilies(const Cache& cache) {
  const Labels memory = {{"tier", "memory"}};
  return {One(Counters("cache_evictions_total", "Entries that made room"),
              static_cast<double>(cache.memory().evictions()), memory),
          One(Counters("cache_writes_refused_total",
                       "Entries not written to disk: too many waited"),
              static_cast<double>(cache.writes().refused())),
          One(Counters("cache_writes_failed_total",
                       "Entries that the disk did not take"),
              static_cast<double>(cache.writes().failed()))};
}

void Append(Families* families, Families more) {
  for (prometheus::MetricFamily& family : more) {
    families->push_back(std::move(family));
  }
}

}  // namespace

std::string Metrics::Text() const {
  // Shared: the loop may come to it when nobody waits any more, or never.
  const auto quotas = std::make_shared<std::promise<Families>>();
  std::future<Families> answer = quotas->get_future();
  sources_.loop.Post([quotas, &keys = sources_.keys, &clock = sources_.clock] {
    quotas->set_value(QuotaFamilies(keys, clock.Now()));
  });

  Families families;
  families.push_back(One(Gauges("build_info", "1, and which version runs"), 1,
                         {{"version", VTLOOKUP_VERSION}}));
  Append(&families, MissFamilies(sources_.resolver.counters()));
  families.push_back(WithheldFamily(sources_.privacy));
  Append(&families, CacheFamilies(sources_.cache));
  if (answer.wait_for(kPatience) == std::future_status::ready) {
    Append(&families, answer.get());
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace vtlookup
