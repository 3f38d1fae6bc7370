// What cache/tier.h promises of Scan.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "tests/cache/tier_conformance.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

TEST_P(TierConformance, ScanVisitsKeysInTheOrderOfTheirBytes) {
  const std::vector<std::string> ordered = {"",     std::string(1, '\0'),
                                            "B",    std::string("B\0", 2),
                                            "Ba",   "a",
                                            "aa",   "b",
                                            "\x7f", "\x80",
                                            "\xff"};
  const auto tier = host_->Open();
  for (const size_t at : {8, 3, 10, 0, 5, 1, 7, 9, 2, 6, 4}) {
    ASSERT_TRUE(tier->Write({{ordered.at(at), Of("v")}}).ok());
  }
  EXPECT_THAT(KeysFrom(*tier, ""), ElementsAreArray(ordered));
}

TEST_P(TierConformance, ScanBeginsWithTheFirstKeyThatIsNotBeforeItsStart) {
  const auto tier = host_->Open();
  EXPECT_THAT(KeysFrom(*tier, ""), IsEmpty());
  for (const char* key : {"b", "bb", "d"}) {
    ASSERT_TRUE(tier->Write({{key, Of("v")}}).ok());
  }
  EXPECT_THAT(KeysFrom(*tier, "a"), ElementsAre("b", "bb", "d"));
  EXPECT_THAT(KeysFrom(*tier, "b"), ElementsAre("b", "bb", "d"));
  EXPECT_THAT(KeysFrom(*tier, std::string("b\0", 2)), ElementsAre("bb", "d"));
  EXPECT_THAT(KeysFrom(*tier, "c"), ElementsAre("d"));
  EXPECT_THAT(KeysFrom(*tier, "e"), IsEmpty());
}

// The entries have more bytes than a tier would read at a time.
TEST_P(TierConformance, AScanCanGoOnBehindTheKeyWhereItEnded) {
  const auto tier = host_->Open();
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back(absl::StrFormat("k%02d", i));
    ASSERT_TRUE(
        tier->Write({{expected.back(), Of(std::string(100'000, 'v'))}}).ok());
  }
  EXPECT_EQ(KeysFrom(*tier, ""), expected);
  for (const size_t page : {1, 7, 50}) {
    std::vector<std::string> seen;
    std::string from;
    bool more = true;
    while (more) {
      size_t visited = 0;
      const auto visit = [&](std::string_view key, const Entry&) {
        seen.emplace_back(key);
        return ++visited < page;
      };
      ASSERT_TRUE(tier->Scan(from, visit).ok()) << "stopping is no error";
      ASSERT_LE(visited, page) << "visited after the end";
      more = visited == page;
      from = seen.back() + '\0';
    }
    EXPECT_EQ(seen, expected) << page;
  }
}

TEST_P(TierConformance, AVisitorMayCallTheTier) {
  const auto tier = host_->Open();
  std::vector<std::string> expected;
  for (int i = 0; i < 30; ++i) {
    expected.push_back(absl::StrFormat("k%02d", i));
    ASSERT_TRUE(
        tier->Write({{expected.back(), Of(std::string(100'000, '1'))}}).ok());
  }
  std::vector<std::string> seen;
  const absl::Status status =
      tier->Scan("", [&](std::string_view key, const Entry& entry) {
        const std::string text(key);
        seen.push_back(text);
        EXPECT_EQ(ValueAt(*tier, text), *entry.value);
        EXPECT_TRUE(tier->Write({{"a" + text, Of("before")},
                                 {text, Of(std::string(100'000, '2'))}})
                        .ok());
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(ValueAt(*tier, "k29"), std::string(100'000, '2'));
  EXPECT_EQ(KeysFrom(*tier, "").size(), 60);
}

}  // namespace
}  // namespace vtlookup
