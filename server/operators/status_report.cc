#include "server/operators/status_report.h"

#include <optional>
#include <utility>

#include "server/misses/refusals.h"
#include "server/operators/log.h"
#include "server/operators/run_on_loop.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

void AddWindow(const char* name, uint32_t used, uint32_t limit,
               std::optional<absl::Time> reset, v1::KeyQuota* key) {
  v1::QuotaWindow& window = *key->add_windows();
  window.set_window(name);
  window.set_used(used);
  window.set_limit(limit);
  if (reset.has_value()) SetTimestamp(*reset, window.mutable_reset_time());
}

v1::GetQuotaResponse QuotaOf(KeyRing& keys, const Moment& now) {
  v1::GetQuotaResponse response;
  for (const auto& each : keys.keys()) {
    const Quota::Usage usage = each->quota.UsageAt(now);
    const Quota::Limits& limits = each->quota.limits();
    v1::KeyQuota& key = *response.add_keys();
    key.set_name(each->name);
    key.set_refused(each->refused);
    AddWindow("minute", usage.minute, limits.per_minute, std::nullopt, &key);
    for (const WindowSpec& spec : kWindowSpecs) {
      const Quota::Usage::Window& window = usage.windows[spec.kind];
      AddWindow(spec.name, window.used, limits.*spec.limit, window.turns, &key);
    }
    if (usage.paused_until > now.time) {
      SetTimestamp(usage.paused_until, key.mutable_paused_until());
    }
  }
  return response;
}

void AddCache(const StatusReport::Sources& sources, v1::CacheStatus* cache) {
  cache->set_memory_entries(sources.cache.memory().entries());
  cache->set_memory_bytes(sources.cache.memory().bytes());
  cache->set_memory_limit(sources.memory_limit);
  cache->set_disk_entries(sources.disk.entries());
  cache->set_disk_bytes(sources.disk.bytes());
  cache->set_disk_limit(sources.disk_limit);
  cache->set_disk_off(sources.disk.off());
  if (sources.raw_disk != nullptr) {
    cache->set_raw_entries(sources.raw_disk->entries());
    cache->set_raw_bytes(sources.raw_disk->bytes());
    cache->set_raw_limit(sources.raw_limit);
  }
}

void AddClients(const ClientUses& clients, v1::TrafficStatus* traffic) {
  for (const ClientUses::Row& row : clients.All()) {
    v1::ClientStatus& client = *traffic->add_clients();
    client.set_name(row.client);
    client.set_lookups(row.lookups);
    client.set_refused(row.refused);
    client.set_requests(row.requests);
  }
}

}  // namespace

StatusReport::StatusReport(Sources sources)
    : sources_(sources),
      started_(sources.clock.Now()),
      config_time_(started_) {}

void StatusReport::SetAddress(std::string address,
                              std::function<absl::Status()> reachable) {
  MutexLock lock(mu_);
  address_ = std::move(address);
  reachable_ = std::move(reachable);
}

void StatusReport::SetStopping() {
  MutexLock lock(mu_);
  stopping_ = true;
}

void StatusReport::NoteReload(const absl::Status& status) {
  if (!status.ok()) reloads_failed_.Add();
  const absl::Time now = sources_.clock.Now();
  MutexLock lock(mu_);
  config_error_ = std::string(status.message());
  if (status.ok()) config_time_ = now;
}

std::string StatusReport::config_error() const {
  MutexLock lock(mu_);
  return config_error_;
}

absl::Time StatusReport::config_time() const {
  MutexLock lock(mu_);
  return config_time_;
}

absl::Status StatusReport::Ready() const {
  {
    MutexLock lock(mu_);
    if (stopping_) return ShuttingDown();
    if (address_.empty()) {
      return absl::UnavailableError("the daemon does not listen yet");
    }
    if (absl::Status status = reachable_(); !status.ok()) return status;
  }
  if (!RunOnLoop(sources_.loop, [] { return true; }).has_value()) {
    return LoopDoesNotRespond();
  }
  return absl::OkStatus();
}

v1::GetStatusResponse StatusReport::Status() const {
  v1::GetStatusResponse out;
  out.set_version(VTLOOKUP_VERSION);
  SetTimestamp(started_, out.mutable_start_time());
  const absl::Status ready = Ready();
  out.set_ready(ready.ok());
  out.set_not_ready_reason(std::string(ready.message()));
  out.set_log_level(CurrentLogLevel());
  {
    MutexLock lock(mu_);
    out.set_listen_address(address_);
    SetTimestamp(config_time_, out.mutable_config_time());
    out.set_config_error(config_error_);
  }
  AddCache(sources_, out.mutable_cache());
  v1::TrafficStatus& traffic = *out.mutable_traffic();
  traffic.set_calls(sources_.traffic.calls());
  traffic.set_lookups(sources_.traffic.lookups());
  traffic.set_hits(sources_.traffic.hits());
  for (const v1::Source source : {v1::SOURCE_MEMORY, v1::SOURCE_DISK,
                                  v1::SOURCE_VIRUSTOTAL, v1::SOURCE_LOCAL}) {
    (*traffic.mutable_by_source())[std::string(SourceName(source))] =
        sources_.traffic.from(source);
  }
  (*traffic.mutable_by_source())["failed"] = sources_.traffic.failed();
  traffic.set_stale_served(sources_.traffic.stale());
  AddClients(sources_.clients, &traffic);
  struct OnLoop {
    uint64_t waiting;
    uint64_t queued;
    uint64_t inflight;
    absl::Time broken_until;
  };
  const std::optional<OnLoop> now = RunOnLoop(
      sources_.loop,
      [&resolver = sources_.resolver, &virustotal = sources_.virustotal] {
        return OnLoop{resolver.waiting(), resolver.queued(),
                      resolver.inflight(), virustotal.broken_until()};
      });
  v1::UpstreamStatus& upstream = *out.mutable_virustotal();
  upstream.set_requests(sources_.virustotal.requests());
  if (now.has_value()) {
    traffic.set_waiting(now->waiting);
    upstream.set_queued(now->queued);
    upstream.set_inflight(now->inflight);
    if (now->broken_until > sources_.clock.Now()) {
      SetTimestamp(now->broken_until, upstream.mutable_broken_until());
    }
  }
  return out;
}

absl::StatusOr<v1::GetQuotaResponse> StatusReport::Quota() const {
  std::optional<v1::GetQuotaResponse> quota = RunOnLoop(
      sources_.loop, [&keys = sources_.keys, &clock = sources_.clock] {
        return QuotaOf(keys, clock.ReadMoment());
      });
  if (!quota.has_value()) return LoopDoesNotRespond();
  return *std::move(quota);
}

}  // namespace vtlookup
