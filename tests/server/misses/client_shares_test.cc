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
    return shares_.Take(client, 2, clock_.ReadMoment());
  }

  FakeClock clock_;
  ClientShares shares_;
};

TEST_F(ClientSharesTest, EachClientHasItsOwnUntilMidnight) {
  EXPECT_TRUE(Take("a").ok());
  EXPECT_TRUE(Take("a").ok());
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
  shares_.GiveBack("a");
  EXPECT_TRUE(Take("a").ok());
  EXPECT_FALSE(Take("a").ok());
  shares_.GiveBack("nobody");
}

TEST_F(ClientSharesTest, WhatIsAddedCountsUntilMidnight) {
  shares_.Add("a", 3, clock_.ReadMoment());
  EXPECT_FALSE(Take("a").ok());
  EXPECT_TRUE(Take("b").ok());
  clock_.Advance(absl::Hours(17));
  EXPECT_TRUE(Take("a").ok());
}

}  // namespace
}  // namespace vtlookup
