#include "server/operators/metrics.h"
#include "server/gateway/gateway.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/operators/cache_metrics.h"
#include "server/operators/metric_families.h"
#include "server/operators/run_on_loop.h"
#include "server/proto/indicator_fields.h"

namespace vtlookup {
namespace {

// --- Loop only -------------------------------------------------------------

void AddWindow(const std::string& key, const char* window, uint32_t limit,
               uint32_t used, prometheus::MetricFamily* limits,
               prometheus::MetricFamily* uses) {
  const Labels labels = {{"key", key}, {"window", window}};
  if (limit != 0) Add(limits, limit, labels);
  Add(uses, used, labels);
}

Families QuotaFamilies(KeyRing& keys, const Moment& now) {
  auto limit = Gauges("quota_limit",
                      "Requests that a window allows; absent without a limit");
  auto used = Gauges("quota_used", "Requests counted in the window so far");
  auto reset = Gauges("quota_reset_timestamp_seconds",
                      "When the window ends and the next one begins");
  auto paused = Gauges("quota_paused_seconds",
                       "Seconds until this key is used again, after VirusTotal "
                       "refused a request");
  auto refused =
      Gauges("quota_key_refused", "1 when VirusTotal has refused the key");
  for (const auto& key : keys.keys()) {
    const Quota::Usage usage = key->quota.UsageAt(now);
    const Quota::Limits& limits = key->quota.limits();
    // A minute without a limit is not counted.
    if (limits.per_minute != 0) {
      AddWindow(key->name, "minute", limits.per_minute, usage.minute, &limit,
                &used);
    }
    for (const WindowSpec& spec : kWindowSpecs) {
      const Quota::Usage::Window& window = usage.windows[spec.kind];
      AddWindow(key->name, spec.name, limits.*spec.limit, window.used, &limit,
                &used);
      Add(&reset, absl::ToDoubleSeconds(window.turns - absl::UnixEpoch()),
          {{"key", key->name}, {"window", spec.name}});
    }
    const absl::Duration pause =
        std::max(usage.paused_until - now.time, absl::ZeroDuration());
    Add(&paused, absl::ToDoubleSeconds(pause), {{"key", key->name}});
    Add(&refused, key->refused ? 1 : 0, {{"key", key->name}});
  }
  return {std::move(limit),
          std::move(used),
          std::move(reset),
          std::move(paused),
          std::move(refused),
          One(Counters("quota_unwritten_total",
                       "Requests that are counted in memory only, because the "
                       "ledger cannot be written"),
              static_cast<double>(keys.unwritten()))};
}

Families VirusTotalFamilies(const VirusTotal& virustotal,
                            const Resolver& resolver, absl::Time now) {
  auto requests = Counters("virustotal_requests_total",
                           "Requests that have ended, by HTTP status; `none` "
                           "means that there was no complete response");
  const RequestStats& stats = virustotal.stats();
  for (const auto& [what, count] : stats.counts()) {
    const auto& [endpoint, status] = what;
    Add(&requests, static_cast<double>(count),
        {{"endpoint", endpoint},
         {"status", status == 0 ? "none" : absl::StrCat(status)}});
  }
  return {
      std::move(requests),
      Histogram("virustotal_request_seconds",
                "How long requests to VirusTotal took", RequestStats::kBounds,
                stats.buckets(), stats.seconds()),
      One(Gauges("virustotal_inflight",
                 "Indicators that VirusTotal is being asked about"),
          static_cast<double>(resolver.inflight())),
      One(Gauges("virustotal_queued",
                 "Indicators that wait for the quota or for a free request"),
          static_cast<double>(resolver.queued())),
      One(Gauges("virustotal_breaker_open",
                 "1 while requests are paused, because VirusTotal has failed "
                 "too often in a row"),
          virustotal.broken_until() > now ? 1 : 0),
      One(Gauges("lookups_waiting", "Lookups that wait for an answer"),
          static_cast<double>(resolver.waiting()))};
}

// --- Any thread ------------------------------------------------------------

Families MissFamilies(const Resolver::Counters& counters) {
  return {
      One(Counters("coalesced_total",
                   "Lookups that joined the request of another lookup"),
          Value(counters.coalesced)),
      One(Counters("retries_total", "Requests to VirusTotal that were retried"),
          Value(counters.retries)),
      One(Counters("polls_total",
                   "Requests that asked again about a queued item"),
          Value(counters.polls)),
      One(Counters("refreshed_ahead_total",
                   "Verdicts refreshed before they expired"),
          Value(counters.refreshed))};
}

prometheus::MetricFamily LookupFamily(const Traffic& traffic) {
  auto lookups = Counters("lookups_total", "Lookups that were answered");
  for (size_t kind = 1; kind < Traffic::kKinds; ++kind) {
    for (size_t code = 0; code < Traffic::kCodes; ++code) {
      for (size_t source = 0; source < Traffic::kSources; ++source) {
        const uint64_t count = traffic.answered(kind, code, source);
        if (count == 0) continue;
        Add(&lookups, static_cast<double>(count),
            {{"kind", std::string(KindName(static_cast<Kind>(kind)))},
             {"response_code", absl::StrCat(static_cast<int>(code) - 2)},
             {"source",
              std::string(SourceName(static_cast<v1::Source>(source)))}});
      }
    }
  }
  return lookups;
}

prometheus::MetricFamily RpcFamily(const Traffic& traffic) {
  auto rpcs = Counters("rpc_total", "Calls that have ended");
  for (size_t method = 0; method < kMethods; ++method) {
    for (int code = 0; code <= 16; ++code) {
      const uint64_t count = traffic.ended(static_cast<RpcMethod>(method),
                                           static_cast<absl::StatusCode>(code));
      if (count == 0) continue;
      Add(&rpcs, static_cast<double>(count),
          {{"method",
            std::string(RpcMethodName(static_cast<RpcMethod>(method)))},
           {"code",
            absl::StatusCodeToString(static_cast<absl::StatusCode>(code))}});
    }
  }
  return rpcs;
}

Families TrafficFamilies(const Traffic& traffic) {
  std::array<uint64_t, Traffic::kBounds.size() + 1> buckets{};
  for (size_t i = 0; i < buckets.size(); ++i) buckets[i] = traffic.in_bucket(i);
  auto refused = Counters("refused_total",
                          "Lookups that failed or were refused, by reason; a "
                          "refused call counts as one");
  for (const auto& [reason, count] : traffic.failures()) {
    Add(&refused, static_cast<double>(count), {{"reason", reason}});
  }
  return {LookupFamily(traffic),
          Histogram("lookup_seconds",
                    "Time from the arrival of a lookup to its answer",
                    Traffic::kBounds, buckets, traffic.seconds()),
          RpcFamily(traffic),
          One(Counters("stale_served_total",
                       "Lookups answered with an expired verdict"),
              static_cast<double>(traffic.stale())),
          std::move(refused)};
}

// One series for each client; ClientUses limits their number.
Families ClientFamilies(const ClientUses& clients) {
  auto lookups = Counters("client_lookups_total",
                          "Lookups of each client of auth.clients");
  auto refused = Counters("client_refused_total",
                          "Lookups that a client's lookups_per_minute refused");
  auto requests = Counters("client_requests_total",
                           "Requests to VirusTotal for a client's lookups");
  for (const ClientUses::Row& row : clients.All()) {
    const Labels label = {{"client", row.client}};
    Add(&lookups, static_cast<double>(row.lookups), label);
    Add(&refused, static_cast<double>(row.refused), label);
    Add(&requests, static_cast<double>(row.requests), label);
  }
  return {std::move(lookups), std::move(refused), std::move(requests)};
}

Families UnsentFamilies(const UnsentBudget& unsent) {
  return {One(Gauges("unsent_bytes",
                     "Bytes of replies that clients have not read yet"),
              static_cast<double>(unsent.bytes())),
          One(Counters("unsent_refused_total",
                       "Replies that were refused, because too many bytes "
                       "wait to be sent"),
              static_cast<double>(unsent.refused()))};
}

Families ListenerFamilies(const Listener& listener) {
  const ConnectionGate::Counters& counters = listener.gate().counters();
  auto refused = Counters("connections_refused_total",
                          "Connections that were refused, by reason");
  for (const auto& [reason, counter] :
       {std::pair{"full", &counters.refused_full},
        {"address", &counters.refused_address},
        {"files", &counters.refused_files}}) {
    Add(&refused, Value(*counter), {{"reason", reason}});
  }
  auto cut = Counters("connections_cut_total",
                      "Connections that the daemon closed, by reason");
  Add(&cut, Value(counters.evicted), {{"reason", "silent"}});
  Add(&cut, Value(counters.cut), {{"reason", "no_requests"}});
  Add(&cut, Value(counters.cut_unread), {{"reason", "not_read"}});
  return {One(Gauges("connections_open", "Open connections of clients"),
              static_cast<double>(listener.gate().open())),
          One(Counters("connections_total", "Connections that were accepted"),
              Value(counters.accepted)),
          std::move(refused), std::move(cut),
          One(Counters("listener_relieved_total",
                       "How often another thread took over, because a "
                       "connection held up the thread of its queue"),
              static_cast<double>(listener.reliefs()))};
}

Families GatewayFamilies(const Gateway& gateway) {
  const HttpServer& server = gateway.server();
  auto requests = Counters("gateway_requests_total",
                           "Requests over HTTP, by route and HTTP status");
  for (const auto& [key, count] : gateway.routes().all()) {
    Add(&requests, static_cast<double>(count),
        {{"route", std::string(key.first)},
         {"status", std::to_string(key.second)}});
  }
  auto rows = Counters("gateway_rows_total",
                       "Rows of /v1/rows, by what became of them");
  const RowCounts& counts = gateway.rows();
  Add(&rows, Value(counts.answered), {{"result", "answered"}});
  Add(&rows, Value(counts.failed), {{"result", "failed"}});
  Add(&rows, Value(counts.without_value), {{"result", "without_value"}});
  Add(&rows, Value(counts.not_rows), {{"result", "not_a_row"}});
  return {
      One(Gauges("gateway_connections_open", "Open connections of the gateway"),
          static_cast<double>(server.open())),
      One(Counters("gateway_connections_total",
                   "Connections that the gateway accepted"),
          Value(server.accepted())),
      One(Counters("gateway_connections_crowded_out_total",
                   "Connections that were closed because there were too "
                   "many"),
          Value(server.crowded_out())),
      One(Counters("gateway_refused_total",
                   "Requests over HTTP that could not be read, or had no "
                   "room"),
          Value(server.refused())),
      One(Counters("gateway_answers_not_read_total",
                   "Large answers that were dropped, because clients did not "
                   "read the earlier ones (limits.max_unsent)"),
          Value(server.not_read())),
      One(Counters("gateway_streams_cut_total",
                   "Streamed requests that were cut because the client made no "
                   "progress for a minute"),
          Value(server.cut_idle())),
      std::move(rows),
      std::move(requests)};
}

Families ConfigFamilies(const StatusReport& status) {
  return {One(Gauges("config_last_reload_timestamp_seconds",
                     "When the configuration in use was read"),
              absl::ToDoubleSeconds(status.config_time() - absl::UnixEpoch())),
          One(Gauges("config_last_reload_successful",
                     "1 if the last reload was successful, or there was none"),
              status.config_error().empty() ? 1 : 0),
          One(Counters("config_reload_failures_total", "Reloads that failed"),
              static_cast<double>(status.reloads_failed()))};
}

prometheus::MetricFamily WithheldFamily(const PrivacyGate& privacy) {
  using Reason = PrivacyGate::Reason;
  auto withheld = Counters("withheld_total",
                           "Lookups that the privacy gate withheld, or would "
                           "have withheld in a dry run");
  for (const auto& [reason, name] :
       {std::pair{Reason::kPrivateAddress, "private_address"},
        {Reason::kInternalDomain, "internal_domain"},
        {Reason::kUnlistedSuffix, "unlisted_suffix"},
        {Reason::kCredentials, "credentials"},
        {Reason::kUncertainHost, "uncertain_host"}}) {
    Add(&withheld, static_cast<double>(privacy.withheld(reason)),
        {{"reason", name}});
  }
  return withheld;
}

}  // namespace

std::string Metrics::Text() const {
  Families families;
  families.push_back(
      One(Gauges("build_info", "Always 1; the label is the version that runs"),
          1, {{"version", VTLOOKUP_VERSION}}));
  Append(&families, MissFamilies(sources_.resolver.counters()));
  families.push_back(WithheldFamily(sources_.privacy));
  Append(&families, TrafficFamilies(sources_.traffic));
  Append(&families, ClientFamilies(sources_.clients));
  Append(&families, CacheFamilies(sources_.cache, sources_.disk));
  if (sources_.raw_disk != nullptr) {
    Append(&families, RawFamilies(sources_.raws, *sources_.raw_disk));
  }
  Append(&families, ConfigFamilies(sources_.status));
  Append(&families, UnsentFamilies(sources_.unsent));
  if (listener_ != nullptr) Append(&families, ListenerFamilies(*listener_));
  if (gateway_ != nullptr) Append(&families, GatewayFamilies(*gateway_));
  families.push_back(
      One(Counters("audit_lines_lost_total",
                   "Lines that could not be written to the audit log"),
          static_cast<double>(sources_.audit.failed())));
  std::optional<Families> of_loop = RunOnLoop(
      sources_.loop, [&keys = sources_.keys, &virustotal = sources_.virustotal,
                      &resolver = sources_.resolver, &clock = sources_.clock] {
        const Moment now = clock.ReadMoment();
        Families all = QuotaFamilies(keys, now);
        Append(&all, VirusTotalFamilies(virustotal, resolver, now.time));
        return all;
      });
  if (of_loop.has_value()) Append(&families, *std::move(of_loop));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace vtlookup
