#ifndef VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_
#define VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/cache.h"
#include "server/lookup_front.h"
#include "server/resolver.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/manual_loop.h"
#include "virustotal/virustotal.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Runs the steps that README.md beside this file describes. Each failure is a
// gtest failure that names the line.
class Scenario {
 public:
  Scenario();
  ~Scenario();

  void RunFile(const std::string& path);

 private:
  using Words = std::vector<std::string>;
  struct Query {
    Resolver::WaiterId id = 0;
    int answers = 0;
    std::optional<absl::StatusOr<Answer>> answer;
  };

  void RunLine(const Words& words);
  void Start();
  void StopWorld();
  void Settle();

  void OnConfig(const Words& words);
  void OnDisk(const Words& words);
  void OnQuery(const Words& words);
  void OnSubmit(const Words& words);
  void OnAnswer(const Words& words);
  void OnUpstream(const Words& words);
  void OnCounter(const Words& words);
  void Reply(const Words& words, HttpResponse response);
  void CheckAnswer(const Answer& answer, const Words& words);
  void CheckFailure(const absl::Status& status, const Words& words);

  FakeClock clock_;
  v1::Config config_;
  std::shared_ptr<FakeTier::Disk> disk_ = std::make_shared<FakeTier::Disk>();
  std::shared_ptr<ManualExecutor::Queue> disk_queue_ =
      std::make_shared<ManualExecutor::Queue>();
  std::map<std::string, Query> queries_;
  bool drained_ = false;

  // What a restart replaces, in the order of Daemon.
  struct World {
    explicit World(Scenario& scenario);

    ManualLoop loop;
    FakeHttpClient http;
    Cache cache;
    Quota quota;
    VirusTotal virustotal;
    Resolver resolver;
    LookupFront front;
  };
  std::unique_ptr<World> world_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_
