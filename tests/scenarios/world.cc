#include "tests/scenarios/world.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "server/config/api_key.h"

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

MissPath::Parts PartsOf(const v1::Config& config, const Lasting& lasting,
                        const std::function<double()>& random) {
  return {.tier = std::make_unique<FakeTier>(lasting.disk),
          .executor = std::make_unique<ManualExecutor>(lasting.disk_queue),
          .raw_tier = std::make_unique<FakeTier>(lasting.raw_disk),
          .raw_executor = std::make_unique<ManualExecutor>(lasting.disk_queue),
          .keys = SetupsOf(config.virustotal()),
          .ledger = LedgerOf(lasting),
          .report_keys = {},
          .random = random,
          .on_failure = {},
          .on_asked = {}};
}

}  // namespace

World::World(const v1::Config& config, Lasting& lasting,
             const std::function<double()>& random)
    : answers(AnswersOf(config.virustotal().api())),
      loop(lasting.clock),
      path(config, PartsOf(config, lasting, random), lasting.clock, loop,
           http) {}

}  // namespace vtlookup
