// What the ring counts while the clock of the machine is wrong.

#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "tests/virustotal/keys/key_ring_fixture.h"
#include "virustotal/http/failures.h"
#include "virustotal/keys/key_ring.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kFourHundredDays = absl::Hours(24 * 400);

class ClockSetTest : public KeyRingTest,
                     public testing::WithParamInterface<absl::Duration> {
 protected:
  void SetUp() override { names_ = {"one"}; }
  void Wrong() { now_.time += GetParam(); }
  void Right() { now_.time -= GetParam(); }
};

TEST_P(ClockSetTest, ARestartUnderAWrongClockOpensNoWindow) {
  const Quota::Limits limits = {.per_minute = 3, .per_day = 5, .per_month = 7};
  Open(limits);
  Take(3);
  Wrong();
  Open(limits);
  EXPECT_EQ(Left().first, 0) << "the minute";
  Advance(absl::Minutes(1));
  Take(2);
  Advance(absl::Minutes(2));
  EXPECT_EQ(Left().first, 0) << "the day";
  Open(limits);
  EXPECT_EQ(Left().first, 0);
  Right();
  Open(limits);
  EXPECT_EQ(Left().first, 0);
  Advance(absl::Hours(24));
  EXPECT_EQ(Left().first, 2) << "what is left of the month";
}

TEST_P(ClockSetTest, WhatIsCountedUnderAWrongClockStaysCountedAfterAReboot) {
  Open({.per_day = 5});
  Take(2);
  Wrong();
  Open({.per_day = 5});
  Take(2);
  Reboot();
  if (GetParam() < absl::ZeroDuration()) return;  // that is the past
  Right();
  Open({.per_day = 5});
  EXPECT_LE(Left().first, 1);
}

TEST_P(ClockSetTest, APauseUnderAWrongClockIsNoLongerThanAnother) {
  const auto no_room = QuotaUsedUp("minute", absl::Minutes(1));
  for (const bool reboot : {false, true}) {
    Open({});
    Wrong();
    KeyRing::Key& key = *ring_->keys()[0];
    for (int i = 0; i < 2; ++i) {  // the second time it is the day
      ring_->OnNoRoom(key, no_room, now_, now_);
      Advance(absl::Seconds(1));
    }
    Right();
    if (reboot) Reboot();
    Open({});
    const absl::Duration pause =
        ring_->OpeningFor(Lane::kInteractive, 0, now_).at - now_.time;
    EXPECT_LE(pause, absl::Hours(24));
    Advance(absl::Hours(24));
    EXPECT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, ClockSetTest,
    testing::Values(absl::Hours(24), -absl::Hours(24), kFourHundredDays,
                    -absl::Seconds(1795503600),
                    absl::Seconds(2147483648 - 1795503600)));

}  // namespace
}  // namespace vtlookup
