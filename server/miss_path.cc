#include "server/miss_path.h"

#include <utility>

#include "server/proto/times.h"
#include "server/verdicts/stored_verdict.h"
#include "virustotal/api/dialect.h"

namespace vtlookup {
namespace {

const Dialect& DialectOf(const v1::VirusTotalConfig& config) {
  return config.api() == v1::VIRUS_TOTAL_API_V2 ? kDialectV2 : kDialectV3;
}

Cache::Options CacheOptionsOf(const v1::Config& config) {
  return {.memory_bytes = config.cache().memory(),
          .hot_size = StoredVerdict::SizeOfSummary,
          .max_pending_bytes = config.limits().max_pending_writes()};
}

Resolver::Options ResolverOptionsOf(const v1::Config& config,
                                    MissPath::Parts* parts,
                                    PrivacyGate& privacy) {
  const v1::LimitsConfig& limits = config.limits();
  return {.cache = config.cache(),
          .max_waiting = limits.max_waiting(),
          .waiters = {.wait_without_deadline =
                          ToAbslDuration(limits.wait_without_deadline()),
                      .max_wait = ToAbslDuration(limits.max_wait())},
          .fetches = {.departures = {.max_inflight =
                                         config.virustotal().max_inflight(),
                                     .max_queued = limits.max_queued()},
                      .max_failures = limits.max_failures(),
                      .max_retries = config.virustotal().max_retries(),
                      .random = parts->random,
                      .on_failure = std::move(parts->on_failure),
                      .withheld =
                          [&privacy](const Indicator& indicator) {
                            return privacy.WhyNotNow(indicator);
                          },
                      .on_asked = std::move(parts->on_asked)},
          .queued_items = {.max_polls = limits.max_polls(),
                           .max_watches = limits.max_watches()}};
}

FastPath::Options FastPathOptionsOf(const v1::Config& config,
                                    Resolver& resolver) {
  FastPath::Options options;
  if (config.cache().refresh_ahead()) {
    options.refresh_ahead = [&resolver](const Indicator& indicator) {
      resolver.RefreshAhead(indicator);
    };
  }
  return options;
}

}  // namespace

MissPath::MissPath(const v1::Config& config, Parts parts, const Clock& clock,
                   Loop& loop, HttpClient& http)
    : cache(CacheOptionsOf(config), std::move(parts.tier),
            std::move(parts.executor)),
      raws({.memory_bytes = config.cache().raw_memory(),
            .max_pending_bytes = config.limits().max_pending_writes(),
            .max_held_bytes = config.limits().max_unsent()},
           std::move(parts.raw_tier), std::move(parts.raw_executor)),
      keys(std::move(parts.keys), std::move(parts.ledger), clock.ReadMoment(),
           std::move(parts.report_keys)),
      virustotal(DialectOf(config.virustotal()), clock, loop, http, keys,
                 parts.random),
      privacy(config.privacy()),
      resolver(ResolverOptionsOf(config, &parts, privacy), clock, loop, cache,
               raws, virustotal),
      fast_path(FastPathOptionsOf(config, resolver), cache, raws, virustotal,
                privacy) {}

}  // namespace vtlookup
