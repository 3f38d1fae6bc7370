#include "virustotal/breaker.h"

#include <gtest/gtest.h>

#include "core/failure.h"

namespace vtlookup {
namespace {

using absl::Seconds;

class BreakerRulesTest : public testing::Test {
 protected:
  bool Admits() { return breaker_.Admit(now_).ok(); }
  // The time that a refused caller is told to wait.
  absl::Duration Wait() {
    return FailureOf(breaker_.Admit(now_)).retry_after.value_or(Seconds(-1));
  }
  // Fails requests until the breaker opens.
  void Open() {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(Admits());
      breaker_.OnFailure(now_);
    }
    ASSERT_TRUE(breaker_.open());
  }

  double random_ = 0;
  Breaker breaker_{[this] { return random_; }};
  absl::Duration now_ = absl::Hours(1000);
};

TEST_F(BreakerRulesTest, FourFailuresInARowAreNoOutage) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) breaker_.OnFailure(now_);
    EXPECT_TRUE(Admits());
    EXPECT_FALSE(breaker_.open());
    breaker_.OnAnswer();
  }
  EXPECT_EQ(breaker_.until(), -absl::InfiniteDuration());
}

TEST_F(BreakerRulesTest, AfterFiveOneProbeIsMadeWhenThePauseIsOver) {
  Open();
  EXPECT_EQ(breaker_.until(), now_ + Seconds(5));
  EXPECT_EQ(Wait(), Seconds(5));
  EXPECT_EQ(FailureOf(breaker_.Admit(now_)).reason, "VIRUSTOTAL_LEFT_ALONE");
  now_ += Seconds(5) - absl::Nanoseconds(1);
  EXPECT_EQ(Wait(), Seconds(1)) << "a second at least";
  now_ += absl::Nanoseconds(1);
  EXPECT_TRUE(Admits());
  now_ += absl::Hours(1);
  EXPECT_FALSE(Admits()) << "while the probe is under way";
  breaker_.OnAnswer();
  EXPECT_TRUE(Admits());
  EXPECT_TRUE(Admits());
}

TEST_F(BreakerRulesTest, EachProbeThatFailsDoublesThePauseUpToAMinute) {
  Open();
  for (const int seconds : {5, 10, 20, 40, 60, 60}) {
    EXPECT_EQ(breaker_.until() - now_, Seconds(seconds));
    now_ = breaker_.until();
    ASSERT_TRUE(Admits());
    breaker_.OnFailure(now_);
  }
  now_ = breaker_.until();
  ASSERT_TRUE(Admits());
  breaker_.OnAnswer();
  Open();
  EXPECT_EQ(breaker_.until() - now_, Seconds(5)) << "it was forgotten";
}

TEST_F(BreakerRulesTest, ThePauseIsUpToAQuarterLonger) {
  random_ = 0.5;
  Open();
  EXPECT_EQ(breaker_.until() - now_, Seconds(5) * 1.125);
}

TEST_F(BreakerRulesTest, AProbeThatWasNotSentIsMadeAgain) {
  Open();
  now_ += Seconds(5);
  ASSERT_TRUE(Admits());
  breaker_.OnNotSent();
  EXPECT_TRUE(breaker_.open());
  EXPECT_TRUE(Admits()) << "at once";
  EXPECT_FALSE(Admits());
}

// Requests that were under way when it opened end later.
TEST_F(BreakerRulesTest, LateFailuresDoNotMoveThePause) {
  Open();
  const absl::Duration until = breaker_.until();
  now_ += Seconds(3);
  for (int i = 0; i < 10; ++i) breaker_.OnFailure(now_);
  EXPECT_EQ(breaker_.until(), until);
  breaker_.OnNotSent();
  EXPECT_EQ(breaker_.until(), until);
  breaker_.OnAnswer();
  EXPECT_FALSE(breaker_.open()) << "VirusTotal answers";
}

}  // namespace
}  // namespace vtlookup
