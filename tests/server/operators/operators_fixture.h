#ifndef VTLOOKUP_TESTS_SERVER_OPERATORS_OPERATORS_FIXTURE_H_
#define VTLOOKUP_TESTS_SERVER_OPERATORS_OPERATORS_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>

#include "server/config/yaml.h"
#include "server/lookup/traffic.h"
#include "server/operators/status_report.h"
#include "tests/cache/rocks_tier_fixture.h"
#include "tests/fakes/prompt_loop.h"
#include "tests/scenarios/world.h"

namespace vtlookup {

// All that operators are told about, at 2026-11-24 07:00 UTC: a World with one
// key, "one", and an empty database. A loop that answers at once stands for
// that of the daemon.
class OperatorsTest : public RocksTierTest {
 protected:
  static v1::Config ConfigWithAKey() {
    v1::Config config;
    ApplyDefaults(&config);
    v1::KeyConfig& key = *config.mutable_virustotal()->add_keys();
    key.set_name("one");
    key.mutable_quota()->set_per_minute(4);
    key.mutable_quota()->set_per_day(500);
    return config;
  }

  FakeClock& clock() { return lasting_.clock; }

  Lasting lasting_;
  World world_{ConfigWithAKey(), lasting_};
  PromptLoop loop_;
  const std::unique_ptr<RocksTier> disk_tier_ = Open();
  Traffic traffic_;
  ClientUses clients_;
  StatusReport report_{{.clock = lasting_.clock,
                        .loop = loop_,
                        .cache = world_.cache,
                        .disk = *disk_tier_,
                        .raw_disk = disk_tier_.get(),
                        .keys = world_.keys,
                        .virustotal = world_.virustotal,
                        .resolver = world_.resolver,
                        .traffic = traffic_,
                        .clients = clients_,
                        .memory_limit = 1000,
                        .disk_limit = 2000,
                        .raw_limit = 500}};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SERVER_OPERATORS_OPERATORS_FIXTURE_H_
