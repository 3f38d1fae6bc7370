#ifndef VTLOOKUP_TESTS_SCENARIOS_WORLD_H_
#define VTLOOKUP_TESTS_SCENARIOS_WORLD_H_

#include <functional>
#include <memory>
#include <string>

#include "cache/cache.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/privacy/privacy_gate.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/manual_loop.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/virustotal.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// What outlives a restart.
struct Lasting {
  FakeClock clock;
  std::shared_ptr<FakeTier::Disk> disk = std::make_shared<FakeTier::Disk>();
  std::shared_ptr<ManualExecutor::Queue> disk_queue =
      std::make_shared<ManualExecutor::Queue>();
  std::string ledger;  // path; empty: none
  uint64_t boot_id = 1;
};

// The miss path as Daemon builds it, and in its order, with HTTP, the disk and
// time in the hands of a test. Requests are those of API v2.
struct World {
  World(
      const v1::Config& config, Lasting& lasting,
      const std::function<double()>& random = [] { return 0.5; });

  ManualLoop loop;
  FakeHttpClient http;
  Cache cache;
  KeyRing keys;
  VirusTotal virustotal;
  PrivacyGate privacy;
  Resolver resolver;
  LookupFront front;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_WORLD_H_
