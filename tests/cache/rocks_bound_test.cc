// Tests the bound on the size of all files of a store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/rocks_tier.h"
#include "tests/cache/rocks_tier_fixture.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::HasSubstr;

namespace fs = std::filesystem;

uint64_t SizeOfAll(const std::string& folder) {
  uint64_t sum = 0;
  std::error_code error;
  for (const auto& file : fs::recursive_directory_iterator(folder, error)) {
    // A file that is deleted meanwhile does not count.
    const uint64_t size =
        file.is_regular_file(error) ? file.file_size(error) : 0;
    if (!error) sum += size;
  }
  return sum;
}

TEST_F(RocksTierTest, AllItsFilesStayWithinTheBound) {
  constexpr uint64_t kBound = 64U << 20;
  RocksTier::Options options = OptionsHere();
  options.max_bytes = kBound;
  const auto tier = Open(options);
  Noise noise;
  uint64_t most = 0;
  for (int batch = 0; batch < 350; ++batch) {
    std::vector<Tier::Record> records;
    for (int i = 0; i < 20; ++i) {
      records.push_back({absl::StrCat("k", batch % 8, ".", batch, ".", i),
                         Of(noise.Next(10'000))});
    }
    ASSERT_TRUE(tier->Write(records).ok());
    most = std::max(most, SizeOfAll(dir_.path()));
  }
  // 70 MB were written.
  EXPECT_LE(most, kBound);
  EXPECT_GT(tier->bytes(), kBound / 4);
  EXPECT_THAT(Reports(), Contains(HasSubstr("reached its limit")));
}

}  // namespace
}  // namespace vtlookup
