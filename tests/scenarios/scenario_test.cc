#include "tests/scenarios/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/paths.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

// A story, and the API in which it is told.
struct Story {
  std::string path;
  std::string api;  // "v2" or "v3"
};

void PrintTo(const Story& story, std::ostream* out) {
  *out << fs::path(story.path).filename().string() << " in " << story.api;
}

// The APIs in which the story is told: both, unless its first step names one.
std::vector<std::string> ApisOf(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  Words words;
  while (words.empty() && std::getline(in, line)) words = WordsOf(line);
  if (!words.empty() && words[0] == "api") return {words.at(1)};
  return {"v2", "v3"};
}

std::vector<Story> Stories() {
  std::vector<Story> stories;
  for (const auto& file :
       fs::directory_iterator(TEST_SOURCE_DIR "/scenarios")) {
    if (file.path().extension() != ".scenario") continue;
    const std::string path = file.path().string();
    for (const std::string& api : ApisOf(path)) stories.push_back({path, api});
  }
  std::sort(stories.begin(), stories.end(), [](const auto& a, const auto& b) {
    return std::tie(a.path, a.api) < std::tie(b.path, b.api);
  });
  return stories;
}

// The last part of the test's name.
std::string NameOf(const testing::TestParamInfo<Story>& story) {
  std::string name = fs::path(story.param.path).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return absl::StrCat(name, "_", story.param.api);
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

class ScenarioTest : public testing::TestWithParam<Story> {
 protected:
  static void Run(bool clock_goes_on) {
    const auto& [path, api] = GetParam();
    for (const absl::Duration mistake : MistakesOf(path)) {
      SCOPED_TRACE(absl::StrCat("the clock is wrong by ",
                                absl::FormatDuration(mistake)));
      Scenario scenario(ApiOf(api));
      scenario.SetMistake(mistake);
      if (clock_goes_on) scenario.clock().MoveWithEachLook();
      scenario.RunFile(path);
    }
  }
};

TEST_P(ScenarioTest, Runs) { Run(false); }

TEST_P(ScenarioTest, RunsWhileTheClockGoesOn) { Run(true); }

INSTANTIATE_TEST_SUITE_P(Stories, ScenarioTest, testing::ValuesIn(Stories()),
                         NameOf);

}  // namespace
}  // namespace vtlookup
