// A quota under a clock that is wrong for a moment, or stays wrong.

#include <gtest/gtest.h>

#include <vector>

#include "core/failure.h"
#include "tests/virustotal/keys/quota_helpers.h"
#include "virustotal/keys/quota.h"

namespace vtlookup {
namespace {

// How a clock may be wrong for a moment.
const std::vector<absl::Duration> kMistakes = {
    absl::Hours(24), -absl::Hours(24), absl::Hours(24 * 400),
    absl::UnixEpoch() - TimeOf("2026-11-24 10:00:00"),
    TimeOf("2038-01-19 03:14:08") - TimeOf("2026-11-24 10:00:00")};

TEST(Quota, NoMinuteOpensWhenTheClockIsSet) {
  for (const absl::Duration by : kMistakes) {
    Quota quota({.per_minute = 1});
    const Moment start = At("2026-11-24 10:00:00");
    ASSERT_TRUE(Take(quota, start).ok());
    const Moment soon = start + absl::Seconds(10);
    EXPECT_EQ(FailureOf(Take(quota, Wrong(soon, by))).retry_after,
              absl::Seconds(50))
        << by;
    EXPECT_FALSE(Take(quota, soon + absl::Seconds(49)).ok()) << by;
    EXPECT_TRUE(Take(quota, Wrong(soon + absl::Seconds(50), by)).ok()) << by;
  }
}

TEST(Quota, NoDayAndMonthOpenWhenTheClockIsSet) {
  for (const absl::Duration by : kMistakes) {
    SCOPED_TRACE(absl::FormatDuration(by));
    Quota quota({.per_day = 5, .per_month = 8});
    const Moment start = At("2026-11-29 10:00:00");
    int taken = 0;
    // It is wrong every second hour.
    for (int hour = 0; hour < 38; ++hour) {
      const Moment now = start + absl::Hours(hour);
      for (int i = 0; i < 6; ++i) {
        taken += Take(quota, hour % 2 == 0 ? now : Wrong(now, by)).ok();
      }
      if (hour == 13) {
        EXPECT_EQ(taken, 5);
      }
      // From the day's turn at 14 h on, what is left of the month.
      if (hour == 37) {
        EXPECT_EQ(taken, 8);
      }
    }
    EXPECT_TRUE(Take(quota, start + absl::Hours(38)).ok()) << "a new month";
  }
}

TEST(Quota, AClockThatStaysWrongIsFollowedWithTheNextWindow) {
  for (const absl::Duration by : kMistakes) {
    SCOPED_TRACE(absl::FormatDuration(by));
    Quota quota({.per_day = 2});
    const Moment start = At("2026-11-24 10:00:00");
    ASSERT_TRUE(Take(quota, start).ok());
    int taken = 1;
    for (int hour = 1; hour < 24 * 8; ++hour) {
      const Moment now = Wrong(start + absl::Hours(hour), by);
      while (Take(quota, now).ok()) ++taken;
    }
    // Eight days, of which one may be lost, and not one more.
    EXPECT_GE(taken, 14);
    EXPECT_LE(taken, 18);
  }
}

TEST(Quota, AClockThatIsPutRightALittleTurnsTheDayAtItsMidnight) {
  for (const int seconds : {-300, -2, 2, 300}) {
    Quota quota({.per_day = 1});
    ASSERT_TRUE(Take(quota, At("2026-11-24 10:00:00")).ok());
    const auto by = absl::Seconds(seconds);
    const Moment midnight = At("2026-11-25 00:00:00") + -by;
    EXPECT_FALSE(Take(quota, Wrong(midnight + -absl::Seconds(1), by)).ok());
    EXPECT_TRUE(Take(quota, Wrong(midnight, by)).ok()) << seconds;
  }
}

TEST(Quota, APauseThatIsTooLongIsAMistakeOfAClock) {
  const Moment now = At("2026-11-24 10:00:00");
  Quota minute({});
  minute.PauseUntil(now.uptime + absl::Hours(24 * 400), Quota::Pause::kQuota,
                    now);
  EXPECT_EQ(FailureOf(Take(minute, now)).retry_after, absl::Minutes(1));
  Quota day({});
  day.PauseUntil(now.uptime + absl::Hours(24 * 400), Quota::Pause::kDay, now);
  EXPECT_EQ(FailureOf(Take(day, now)).retry_after, absl::Hours(14));
}

}  // namespace
}  // namespace vtlookup
