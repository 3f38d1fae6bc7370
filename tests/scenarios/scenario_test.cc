#include "tests/scenarios/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

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

class ScenarioTest : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioTest, Holds) { Scenario().RunFile(GetParam()); }

TEST_P(ScenarioTest, HoldsWhileTheClockGoesOn) {
  Scenario scenario;
  scenario.clock().MoveWithEachLook();
  scenario.RunFile(GetParam());
}

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
