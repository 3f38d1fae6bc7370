#ifndef VTLOOKUP_TESTS_SCENARIOS_WORLD_H_
#define VTLOOKUP_TESTS_SCENARIOS_WORLD_H_

#include <functional>
#include <memory>
#include <string>

#include "server/miss_path.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/manual_loop.h"
#include "tests/scenarios/answers.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// What outlives a restart.
struct Lasting {
  FakeClock clock;
  std::shared_ptr<FakeTier::Disk> disk = std::make_shared<FakeTier::Disk>();
  std::shared_ptr<FakeTier::Disk> raw_disk = std::make_shared<FakeTier::Disk>();
  std::shared_ptr<ManualExecutor::Queue> disk_queue =
      std::make_shared<ManualExecutor::Queue>();
  std::string ledger;  // path; empty: none
  uint64_t boot_id = 1;
};

// The MissPath of the daemon, with HTTP, the disk and time in the hands of a
// test. Requests are those of the API that the configuration names.
struct World {
  World(
      const v1::Config& config, Lasting& lasting,
      const std::function<double()>& random = [] { return 0.5; });

  const Answers& answers;  // VirusTotal's, in the same API
  ManualLoop loop;
  FakeHttpClient http;
  MissPath path;
  Cache& cache = path.cache;
  KeyRing& keys = path.keys;
  VirusTotal& virustotal = path.virustotal;
  PrivacyGate& privacy = path.privacy;
  Resolver& resolver = path.resolver;
  FastPath& front = path.fast_path;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_WORLD_H_
