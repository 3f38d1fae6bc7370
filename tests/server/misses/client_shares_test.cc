#include "server/misses/client_shares.h"

#include <gtest/gtest.h>

#include <string>

#include "core/failure.h"
#include "tests/fakes/fake_clock.h"

namespace vtlookup {
namespace {

// It is 07:00 UTC.
class ClientSharesTest : public testing::Test {
 protected:
  absl::Status Take(const std::string& client) {
    return shares_.Reserve(client, 2, clock_.ReadMoment());
  }

  FakeClock clock_;
  ClientShares shares_;
};

TEST_F(ClientSharesTest, EachClientHasItsOwnUntilMidnight) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(Take("a").ok());
    shares_.Release("a");
    shares_.Add("a", 1, clock_.ReadMoment());
  }
  const Failure failure = FailureOf(Take("a"));
  EXPECT_EQ(failure.reason, "CLIENT_SHARE_USED_UP");
  EXPECT_EQ(failure.retry_after, absl::Hours(17));
  EXPECT_TRUE(Take("b").ok());
  clock_.Advance(absl::Hours(17));
  EXPECT_TRUE(Take("a").ok());
}

TEST_F(ClientSharesTest, WhatIsGivenBackCanBeTakenAgain) {
  EXPECT_TRUE(Take("a").ok());
  EXPECT_TRUE(Take("a").ok());
  shares_.Release("a");
  EXPECT_TRUE(Take("a").ok());
  EXPECT_FALSE(Take("a").ok());
  shares_.Release("nobody");
}

// A flight that was reserved yesterday ends today.
TEST_F(ClientSharesTest, AReservationOutlivesMidnight) {
  EXPECT_TRUE(Take("a").ok());
  EXPECT_TRUE(Take("a").ok());
  clock_.Advance(absl::Hours(17));
  EXPECT_FALSE(Take("a").ok()) << "both are still under way";
  for (int i = 0; i < 2; ++i) {
    shares_.Release("a");
    shares_.Add("a", 1, clock_.ReadMoment());
  }
  EXPECT_FALSE(Take("a").ok()) << "they count for today";
}

TEST_F(ClientSharesTest, WhatIsAddedCountsUntilMidnight) {
  shares_.Add("a", 3, clock_.ReadMoment());
  EXPECT_FALSE(Take("a").ok());
  EXPECT_TRUE(Take("b").ok());
  clock_.Advance(absl::Hours(17));
  EXPECT_TRUE(Take("a").ok());
}

TEST_F(ClientSharesTest, SettingTheClockMakesNoNewDay) {
  shares_.Add("a", 2, clock_.ReadMoment());
  clock_.Set(absl::Hours(24 * 400));
  EXPECT_FALSE(Take("a").ok());
}

}  // namespace
}  // namespace vtlookup
