#ifndef VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_
#define VTLOOKUP_TESTS_SCENARIOS_SCENARIO_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/verdicts/want.h"
#include "tests/fakes/temp_dir.h"
#include "tests/scenarios/words.h"
#include "tests/scenarios/world.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Runs the steps that README.md beside this file describes, in one of
// VirusTotal's APIs. Each failure is a gtest failure that names the line.
class Scenario {
 public:
  explicit Scenario(v1::VirusTotalApi api);
  ~Scenario();

  void RunFile(const std::string& path);
  // By how much "clock wrong" sets the time of day.
  void SetMistake(absl::Duration mistake) { mistake_ = mistake; }
  FakeClock& clock() { return lasting_.clock; }

 private:
  using Step = void (Scenario::*)(const Words&);

  struct Query {
    Resolver::WaiterId id = 0;
    std::string asked;  // the text as it was asked
    int answers = 0;
    std::optional<absl::StatusOr<Answer>> answer;
    std::vector<absl::StatusOr<Answer>> told;  // to a watcher
  };

  static const std::map<std::string, Step>& Steps();

  void RunLine(Words words);
  void Start();
  void StopWorld();
  void Settle();
  absl::Time Now() const { return lasting_.clock.Now(); }

  // The steps.
  void OnAnswer(const Words& words);
  void OnApi(const Words& words);
  void OnCancel(const Words& words);
  void OnClock(const Words& words);
  void OnConfig(const Words& words);
  void OnCounter(const Words& words);
  void OnDisk(const Words& words);
  void OnDrained(const Words& words);
  void OnPrivacy(const Words& words);
  void OnQuery(const Words& words);
  void OnRestart(const Words& words);
  void OnStop(const Words& words);
  void OnSubmit(const Words& words);
  void OnTime(const Words& words);
  void OnTold(const Words& words);
  void OnUpstream(const Words& words);
  void OnWaiting(const Words& words);
  void OnWatch(const Words& words);

  absl::StatusOr<Want> WantOf(const Words& words) const;
  Requester RequesterOf(const Words& words) const;

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
