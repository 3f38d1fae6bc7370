#ifndef VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_
#define VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/verdicts/want.h"
#include "tests/fakes/temp_dir.h"
#include "tests/scenarios/world.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Runs the steps that README.md beside this file describes. Each failure is a
// gtest failure that names the line.
class Scenario {
 public:
  Scenario();
  ~Scenario();

  void RunFile(const std::string& path);
  // By how much "clock wrong" sets the time of day.
  void SetMistake(absl::Duration mistake) { mistake_ = mistake; }
  FakeClock& clock() { return lasting_.clock; }

 private:
  using Words = std::vector<std::string>;
  struct Query {
    Resolver::WaiterId id = 0;
    int answers = 0;
    std::optional<absl::StatusOr<Answer>> answer;
    std::vector<absl::StatusOr<Answer>> told;  // to a watcher
  };

  void RunLine(const Words& words);
  void Start();
  void StopWorld();
  void Settle();
  absl::Time Now() const { return lasting_.clock.Now(); }

  void OnConfig(const Words& words);
  void OnPrivacy(const Words& words);
  void OnDisk(const Words& words);
  void OnQuery(const Words& words);
  void OnSubmit(const Words& words);
  void OnWatch(const Words& words);
  void OnTold(const Words& words);
  absl::StatusOr<Want> WantOf(const Words& words) const;
  Requester RequesterOf(const Words& words) const;
  void OnAnswer(const Words& words);
  void OnUpstream(const Words& words);
  void OnCounter(const Words& words);
  void OnClock(const std::string& how);
  void Reply(const Words& words, HttpResponse response);
  void CheckAnswer(const Answer& answer, const Words& words);
  void CheckFailure(const absl::Status& status, const Words& words);

  TempDir dir_;
  Lasting lasting_;
  v1::Config config_;
  std::map<std::string, Query> queries_;
  bool drained_ = false;
  absl::Duration mistake_ = absl::ZeroDuration();
  std::unique_ptr<World> world_;  // a restart replaces it
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_
