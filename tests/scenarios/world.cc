#include "tests/scenarios/world.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "server/config/api_key.h"
#include "server/proto/times.h"
#include "virustotal/api/dialect.h"

namespace vtlookup {
namespace {

std::vector<KeyRing::Setup> SetupsOf(const v1::VirusTotalConfig& config) {
  std::vector<KeyRing::Setup> setups;
  for (const v1::KeyConfig& key : KeyConfigsOf(config)) {
    const v1::QuotaConfig& quota = key.quota();
    setups.push_back({.name = key.name(),
                      .access = {.base_url = "https://vt.example",
                                 .api_key = "KEY-" + key.name()},
                      .limits = {.per_minute = quota.per_minute(),
                                 .per_day = quota.per_day(),
                                 .per_month = quota.per_month(),
                                 .reserve_percent = quota.reserve_percent()}});
  }
  return setups;
}

std::unique_ptr<QuotaLedger> LedgerOf(const Lasting& lasting) {
  if (lasting.ledger.empty()) return nullptr;
  auto ledger =
      QuotaLedger::Open({.path = lasting.ledger, .boot_id = lasting.boot_id});
  EXPECT_TRUE(ledger.ok()) << ledger.status();
  return *std::move(ledger);
}

Resolver::Options ResolverOptionsOf(const v1::Config& config,
                                    std::function<double()> random,
                                    PrivacyGate& privacy) {
  const v1::LimitsConfig& limits = config.limits();
  return {
      .cache = config.cache(),
      .max_inflight = config.virustotal().max_inflight(),
      .max_queued = limits.max_queued(),
      .max_waiting = limits.max_waiting(),
      .max_polls = limits.max_polls(),
      .max_failures = limits.max_failures(),
      .max_watches = limits.max_watches(),
      .max_retries = config.virustotal().max_retries(),
      .wait_without_deadline = ToAbslDuration(limits.wait_without_deadline()),
      .max_wait = ToAbslDuration(limits.max_wait()),
      .random = std::move(random),
      .withheld = [&privacy](const Indicator& indicator) {
        return privacy.WhyNotNow(indicator);
      }};
}

}  // namespace

World::World(const v1::Config& config, Lasting& lasting,
             const std::function<double()>& random)
    : loop(lasting.clock),
      cache({.memory_bytes = config.cache().memory(),
             .max_pending_bytes = config.limits().max_pending_writes()},
            std::make_unique<FakeTier>(lasting.disk),
            std::make_unique<ManualExecutor>(lasting.disk_queue)),
      keys(SetupsOf(config.virustotal()), LedgerOf(lasting),
           lasting.clock.ReadMoment(), {}),
      virustotal(kDialectV2, lasting.clock, loop, http, keys, random),
      privacy(config.privacy()),
      resolver(ResolverOptionsOf(config, random, privacy), lasting.clock, loop,
               cache, virustotal),
      front({.submit_missing = config.virustotal().submit_missing_urls(),
             .refresh_ahead =
                 [this, on = config.cache().refresh_ahead()](
                     const Indicator& indicator) {
                   if (on) resolver.RefreshAhead(indicator);
                 }},
            cache, virustotal, privacy) {}

}  // namespace vtlookup
