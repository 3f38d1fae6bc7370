#include "virustotal/quota.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/failure.h"

namespace vtlookup {
namespace {

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%S", text, &time, &error));
  return time;
}

// Counts one request, or says what stands in the way.
absl::Status Take(Quota& quota, absl::Time now,
                  Lane lane = Lane::kInteractive) {
  const Quota::Opening opening = quota.OpeningFor(lane, 0, now);
  if (opening.at > now) return QuotaFailureOf(opening, now);
  quota.Count(now);
  return absl::OkStatus();
}

TEST(Quota, NeverMoreThanTheLimitInAnyMinute) {
  Quota quota({.per_minute = 4});
  const absl::Time start = At("2026-11-24 10:00:00");
  std::vector<absl::Time> taken;
  for (int second = 0; second < 600; ++second) {
    const absl::Time now = start + absl::Seconds(second);
    if (Take(quota, now).ok()) taken.push_back(now);
  }
  EXPECT_EQ(taken.size(), 40);  // all that ten minutes allow
  for (size_t i = 4; i < taken.size(); ++i) {
    EXPECT_GE(taken[i] - taken[i - 4], absl::Seconds(60));
  }
}

TEST(Quota, SaysWhichQuotaAndWhenThereIsRoom) {
  Quota quota({.per_minute = 1});
  const absl::Time start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, start).ok());
  const absl::Status status = Take(quota, start + absl::Seconds(20));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(FailureOf(status).quota, "minute");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Seconds(40));
  EXPECT_EQ(FailureOf(status).reason, "QUOTA_MINUTE_EXCEEDED");
}

TEST(Quota, TheDayTurnsAtMidnightUtc) {
  Quota quota({.per_day = 2});
  const absl::Time evening = At("2026-11-24 23:59:58");
  ASSERT_TRUE(Take(quota, evening).ok());
  ASSERT_TRUE(Take(quota, evening).ok());
  const absl::Status status = Take(quota, evening + absl::Seconds(1));
  EXPECT_EQ(FailureOf(status).quota, "day");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Seconds(1));
  EXPECT_TRUE(Take(quota, At("2026-11-25 00:00:00")).ok());
}

TEST(Quota, TheMonthTurnsOnItsFirst) {
  Quota quota({.per_month = 1});
  ASSERT_TRUE(Take(quota, At("2026-12-31 12:00:00")).ok());
  const absl::Status status = Take(quota, At("2026-12-31 18:00:00"));
  EXPECT_EQ(FailureOf(status).quota, "month");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Hours(6));
  EXPECT_TRUE(Take(quota, At("2027-01-01 00:00:00")).ok());
}

TEST(Quota, WhatIsRefusedIsNotCounted) {
  Quota quota({.per_minute = 1, .per_day = 2});
  const absl::Time start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, start).ok());
  for (int i = 1; i < 50; ++i) {
    ASSERT_FALSE(Take(quota, start + absl::Seconds(i)).ok());
  }
  EXPECT_TRUE(Take(quota, start + absl::Seconds(60)).ok());
}

TEST(Quota, PausesWhenVirusTotalSaysSo) {
  Quota quota({});
  const absl::Time start = At("2026-11-24 10:00:00");
  quota.PauseUntil(start + absl::Seconds(60), Quota::Window::kMinute);
  EXPECT_EQ(FailureOf(Take(quota, start)).retry_after, absl::Seconds(60));
  EXPECT_TRUE(Take(quota, start + absl::Seconds(60)).ok());
}

TEST(Quota, GivesBackWhatWasNotSent) {
  Quota quota({.per_minute = 1, .per_day = 1, .per_month = 1});
  const absl::Time start = At("2026-11-24 10:00:00");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Take(quota, start + absl::Seconds(i)).ok());
    quota.Refund(start + absl::Seconds(i));
  }
  ASSERT_TRUE(Take(quota, start + absl::Seconds(10)).ok());
  EXPECT_FALSE(Take(quota, start + absl::Seconds(11)).ok());
}

TEST(Quota, ARefundDoesNotReachIntoANewDay) {
  Quota quota({.per_day = 1});
  const absl::Time evening = At("2026-11-24 23:59:59");
  const absl::Time morning = At("2026-11-25 00:00:01");
  ASSERT_TRUE(Take(quota, evening).ok());
  ASSERT_TRUE(Take(quota, morning).ok());
  quota.Refund(evening);
  EXPECT_FALSE(Take(quota, morning).ok());
}

TEST(Quota, AClockSetBackDoesNotLockItUp) {
  Quota quota({.per_minute = 1});
  ASSERT_TRUE(Take(quota, At("2026-11-24 10:00:00")).ok());
  EXPECT_EQ(FailureOf(Take(quota, At("2026-11-24 09:00:00"))).retry_after,
            absl::Minutes(1));
  EXPECT_TRUE(Take(quota, At("2026-11-24 09:01:00")).ok());
}

TEST(Quota, AClockSetBackALittleForgetsNothing) {
  Quota quota({.per_minute = 2, .per_day = 3});
  ASSERT_TRUE(Take(quota, At("2026-11-25 00:00:00")).ok());
  ASSERT_TRUE(Take(quota, At("2026-11-25 00:00:01")).ok());
  EXPECT_FALSE(Take(quota, At("2026-11-24 23:59:59")).ok());
  ASSERT_TRUE(Take(quota, At("2026-11-25 00:02:00")).ok());
  EXPECT_EQ(FailureOf(Take(quota, At("2026-11-25 00:04:00"))).quota, "day");
}

TEST(Quota, NoLimitsNoRefusals) {
  Quota quota({});
  const absl::Time now = At("2026-11-24 10:00:00");
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(Take(quota, now).ok());
}

TEST(Quota, TellsWhenTheTurnOfEachWillCome) {
  Quota quota({.per_minute = 2});
  const absl::Time start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, start).ok());
  ASSERT_TRUE(Take(quota, start + absl::Seconds(10)).ok());
  const absl::Time now = start + absl::Seconds(20);
  const auto opening = [&](size_t ahead) {
    return quota.OpeningFor(Lane::kInteractive, ahead, now).at - start;
  };
  EXPECT_EQ(opening(0), absl::Seconds(60));
  EXPECT_EQ(opening(1), absl::Seconds(70));
  EXPECT_EQ(opening(2), absl::Seconds(120));
  EXPECT_EQ(opening(3), absl::Seconds(130));
}

// A second opinion on the slots: plays the minutes through.
TEST(Quota, TheTurnsComeAsForetold) {
  for (const uint32_t limit : {1U, 2U, 3U, 7U}) {
    Quota quota({.per_minute = limit});
    absl::Time now = At("2026-11-24 10:00:00");
    for (uint32_t i = 0; i < limit - 1; ++i) {
      ASSERT_TRUE(Take(quota, now).ok());
      now += absl::Seconds(5);
    }
    std::vector<absl::Time> foretold;
    for (size_t ahead = 0; ahead < 20; ++ahead) {
      foretold.push_back(quota.OpeningFor(Lane::kBulk, ahead, now).at);
    }
    for (const absl::Time turn : foretold) {
      while (!Take(quota, now, Lane::kBulk).ok()) now += absl::Seconds(1);
      EXPECT_EQ(now, turn) << limit;
    }
  }
}

TEST(Quota, APartOfTheDayIsForInteractiveOnes) {
  Quota quota({.per_day = 10, .reserve_percent = 20});
  const absl::Time now = At("2026-11-24 10:00:00");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Take(quota, now, Lane::kBackground).ok());
  }
  EXPECT_EQ(FailureOf(Take(quota, now, Lane::kBackground)).quota, "day");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Take(quota, now, Lane::kBulk).ok());
  }
  EXPECT_EQ(FailureOf(Take(quota, now, Lane::kBulk)).quota, "day");
  ASSERT_TRUE(Take(quota, now).ok());
  ASSERT_TRUE(Take(quota, now).ok());
  EXPECT_EQ(FailureOf(Take(quota, now)).quota, "day");
}

}  // namespace
}  // namespace vtlookup
