#include "tests/scenarios/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> ScenarioFiles() {
  std::vector<std::string> files;
  for (const auto& file :
       fs::directory_iterator(TEST_SOURCE_DIR "/scenarios")) {
    if (file.path().extension() == ".scenario") {
      files.push_back(file.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Each story about a wrong clock runs with each of these errors.
std::vector<absl::Duration> MistakesOf(const std::string& path) {
  std::ifstream in(path);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!absl::StrContains(text, "clock wrong")) return {absl::ZeroDuration()};
  const absl::Time start = FakeClock().Now();
  return {absl::Hours(24), -absl::Hours(24), absl::Hours(24 * 400),
          absl::UnixEpoch() - start,
          absl::FromUnixSeconds(int64_t{1} << 31) - start};
}

class ScenarioTest : public testing::TestWithParam<std::string> {
 protected:
  static void Run(bool clock_goes_on) {
    for (const absl::Duration mistake : MistakesOf(GetParam())) {
      SCOPED_TRACE(absl::StrCat("the clock is wrong by ",
                                absl::FormatDuration(mistake)));
      Scenario scenario;
      scenario.SetMistake(mistake);
      if (clock_goes_on) scenario.clock().MoveWithEachLook();
      scenario.RunFile(GetParam());
    }
  }
};

TEST_P(ScenarioTest, Holds) { Run(false); }

TEST_P(ScenarioTest, HoldsWhileTheClockGoesOn) { Run(true); }

INSTANTIATE_TEST_SUITE_P(Files, ScenarioTest,
                         testing::ValuesIn(ScenarioFiles()),
                         [](const auto& file) {
                           std::string name =
                               fs::path(file.param).stem().string();
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace vtlookup
