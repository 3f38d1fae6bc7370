#include "tests/virustotal/api/sample_files.h"
#include "tests/paths.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

// Says at the end of the run what the tests have read: a run that has read less
// than another one must not look the same.
class SampleSummary final : public testing::Environment {
 public:
  void NoteRead(const fs::path& file) { read_.insert(file); }
  void NoteAbsent() { without_collection_.insert(TestName()); }
  void NoteSkipped(const Sample& sample) {
    skipped_.insert(TestName() + " " + sample.folder + "/" + sample.name);
  }

  void TearDown() override {
    if (read_.empty()) return;  // none of these tests has run
    std::printf("[ SAMPLES  ] samples: %zu read, %zu skipped\n", read_.size(),
                skipped_.size());
    if (without_collection_.empty()) return;
    std::printf(
        "[ SAMPLES  ] samples: the recorded answers of %s are absent, %zu "
        "tests read only the ones of tests/data\n",
        SHARED_SAMPLES, without_collection_.size());
  }

 private:
  static std::string TestName() {
    const auto* const test =
        testing::UnitTest::GetInstance()->current_test_info();
    return std::string(test->test_suite_name()) + "." + test->name();
  }

  std::set<fs::path> read_;
  std::set<std::string> skipped_;             // once for each test
  std::set<std::string> without_collection_;  // tests
};

// GoogleTest owns it.
SampleSummary* const kSummary = [] {
  auto* const summary = new SampleSummary;
  testing::AddGlobalTestEnvironment(summary);
  return summary;
}();

}  // namespace

std::vector<Sample> SamplesOf(const std::string& folder) {
  std::vector<Sample> samples;
  for (const char* root : {SHARED_SAMPLES, TEST_SOURCE_DIR "/data"}) {
    const fs::path path = fs::path(root) / folder;
    if (!fs::exists(root)) kSummary->NoteAbsent();
    if (!fs::exists(path)) continue;
    for (const auto& file : fs::recursive_directory_iterator(path)) {
      if (file.path().extension() != ".json") continue;
      kSummary->NoteRead(file.path());
      std::ifstream in(file.path());
      samples.push_back(
          {.name = file.path().filename(),
           .folder = file.path().parent_path().filename(),
           .body = std::string((std::istreambuf_iterator<char>(in)), {})});
    }
  }
  std::sort(samples.begin(), samples.end(),
            [](const Sample& a, const Sample& b) { return a.name < b.name; });
  EXPECT_FALSE(samples.empty()) << folder;
  return samples;
}

void SkipSample(const Sample& sample) { kSummary->NoteSkipped(sample); }

}  // namespace vtlookup
