// Runs the corpora of the fuzzers, and small variations of them, in ordinary
// tests.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/fuzz.h"
#include "tests/paths.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

// Runs every file and, if the file is small, also each of its prefixes and, for
// each byte, the file with a flipped bit in that byte.
int RunAll(const std::string& folder, void (*fuzz)(std::string_view)) {
  int files = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    ++files;
    std::ifstream in(file.path());
    const std::string data((std::istreambuf_iterator<char>(in)), {});
    fuzz(data);
    if (data.size() > 4096) continue;
    for (size_t i = 0; i < data.size(); ++i) {
      fuzz(data.substr(0, i));
      std::string changed = data;
      changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
      fuzz(changed);
    }
  }
  return files;
}

TEST(FuzzCorpus, Indicators) {
  EXPECT_GE(RunAll(TEST_SOURCE_DIR "/fuzz/corpus/indicator", FuzzIndicator), 5);
}

TEST(FuzzCorpus, DialectV2) {
  EXPECT_GE(RunAll(TEST_SOURCE_DIR "/fuzz/corpus/dialect_v2", FuzzDialectV2),
            5);
  EXPECT_GE(RunAll(TEST_SOURCE_DIR "/data/v2", FuzzDialectV2), 5);
}

TEST(FuzzCorpus, DialectV3) {
  EXPECT_GE(RunAll(TEST_SOURCE_DIR "/fuzz/corpus/dialect_v3", FuzzDialectV3),
            5);
  EXPECT_GE(RunAll(TEST_SOURCE_DIR "/data/v3", FuzzDialectV3), 5);
}

TEST(FuzzCorpus, HttpRequests) {
  EXPECT_GE(
      RunAll(TEST_SOURCE_DIR "/fuzz/corpus/http_request", FuzzHttpRequest), 7);
}

}  // namespace
}  // namespace vtlookup
