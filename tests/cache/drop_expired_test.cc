// Tests which entries a compaction drops.

#include <gtest/gtest.h>

#include "cache/rocks_tier.h"
#include "tests/cache/rocks_tier_fixture.h"

namespace vtlookup {
namespace {

TEST_F(RocksTierTest, CompactionDropsWhatHasLongExpired) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"short", Of("1", absl::Minutes(1))},
                           {"long", Of("2", absl::Hours(100))}})
                  .ok());
  clock_.Advance(absl::Minutes(2));
  tier->Compact();
  EXPECT_TRUE(GetOne(*tier, "short").ok()) << "within its grace";
  clock_.Advance(RocksTier::kGrace);
  tier->Compact();
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "short").status()));
  EXPECT_TRUE(GetOne(*tier, "long").ok());
}

TEST_F(RocksTierTest, CompactionDropsNothingUnderAClockThatWasSet) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1", absl::Hours(1))}}).ok());
  for (const int days : {400, -400, -20000}) {
    clock_.Set(absl::Hours(24) * days);
    tier->Compact();
    clock_.Set(-absl::Hours(24) * days);
    EXPECT_TRUE(GetOne(*tier, "a").ok()) << days;
  }
}

TEST_F(RocksTierTest, CompactionDropsWhatIsOfTheFuture) {
  clock_.Set(absl::Hours(24 * 400));
  auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1", absl::Hours(1))}}).ok());
  tier.reset();
  clock_.Set(-absl::Hours(24 * 400));
  tier = Open();
  tier->Compact();
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "a").status()));
}

}  // namespace
}  // namespace vtlookup
