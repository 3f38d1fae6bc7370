#include "tests/virustotal/api/sample_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace vtlookup {

namespace fs = std::filesystem;

std::vector<Sample> SamplesOf(const std::string& folder) {
  std::vector<Sample> samples;
  for (const char* root : {SHARED_SAMPLES, TEST_SOURCE_DIR "/data"}) {
    const fs::path path = fs::path(root) / folder;
    if (!fs::exists(path)) {
      std::printf("[ NOTE     ] %s does not exist: its answers are not read\n",
                  path.c_str());
      continue;
    }
    for (const auto& file : fs::recursive_directory_iterator(path)) {
      if (file.path().extension() != ".json") continue;
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

}  // namespace vtlookup
