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

TEST(Quota, NeverMoreThanTheLimitInAnyMinute) {
  Quota quota({.per_minute = 4});
  const absl::Time start = At("2026-11-24 10:00:00");
  std::vector<absl::Time> taken;
  for (int second = 0; second < 600; ++second) {
    const absl::Time now = start + absl::Seconds(second);
    if (quota.Take(now).ok()) taken.push_back(now);
  }
  EXPECT_EQ(taken.size(), 40);  // all that ten minutes allow
  for (size_t i = 4; i < taken.size(); ++i) {
    EXPECT_GE(taken[i] - taken[i - 4], absl::Seconds(60));
  }
}

TEST(Quota, SaysWhichQuotaAndWhenThereIsRoom) {
  Quota quota({.per_minute = 1});
  const absl::Time start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(quota.Take(start).ok());
  const absl::Status status = quota.Take(start + absl::Seconds(20));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(FailureOf(status).quota, "minute");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Seconds(40));
  EXPECT_EQ(FailureOf(status).reason, "QUOTA_MINUTE_EXCEEDED");
}

TEST(Quota, TheDayTurnsAtMidnightUtc) {
  Quota quota({.per_day = 2});
  const absl::Time evening = At("2026-11-24 23:59:58");
  ASSERT_TRUE(quota.Take(evening).ok());
  ASSERT_TRUE(quota.Take(evening).ok());
  const absl::Status status = quota.Take(evening + absl::Seconds(1));
  EXPECT_EQ(FailureOf(status).quota, "day");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Seconds(1));
  EXPECT_TRUE(quota.Take(At("2026-11-25 00:00:00")).ok());
}

TEST(Quota, TheMonthTurnsOnItsFirst) {
  Quota quota({.per_month = 1});
  ASSERT_TRUE(quota.Take(At("2026-12-31 12:00:00")).ok());
  const absl::Status status = quota.Take(At("2026-12-31 18:00:00"));
  EXPECT_EQ(FailureOf(status).quota, "month");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Hours(6));
  EXPECT_TRUE(quota.Take(At("2027-01-01 00:00:00")).ok());
}

TEST(Quota, WhatIsRefusedIsNotCounted) {
  Quota quota({.per_minute = 1, .per_day = 2});
  const absl::Time start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(quota.Take(start).ok());
  for (int i = 1; i < 50; ++i) {
    ASSERT_FALSE(quota.Take(start + absl::Seconds(i)).ok());
  }
  EXPECT_TRUE(quota.Take(start + absl::Seconds(60)).ok());
}

TEST(Quota, PausesWhenVirusTotalSaysSo) {
  Quota quota({});
  const absl::Time start = At("2026-11-24 10:00:00");
  quota.PauseUntil(start + absl::Seconds(60));
  EXPECT_EQ(FailureOf(quota.Take(start)).retry_after, absl::Seconds(60));
  EXPECT_TRUE(quota.Take(start + absl::Seconds(60)).ok());
}

TEST(Quota, GivesBackWhatWasNotSent) {
  Quota quota({.per_minute = 1, .per_day = 1, .per_month = 1});
  const absl::Time start = At("2026-11-24 10:00:00");
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(quota.Take(start + absl::Seconds(i)).ok());
    quota.Refund(start + absl::Seconds(i));
  }
  ASSERT_TRUE(quota.Take(start + absl::Seconds(10)).ok());
  EXPECT_FALSE(quota.Take(start + absl::Seconds(11)).ok());
}

TEST(Quota, ARefundDoesNotReachIntoANewDay) {
  Quota quota({.per_day = 1});
  const absl::Time evening = At("2026-11-24 23:59:59");
  const absl::Time morning = At("2026-11-25 00:00:01");
  ASSERT_TRUE(quota.Take(evening).ok());
  ASSERT_TRUE(quota.Take(morning).ok());
  quota.Refund(evening);
  EXPECT_FALSE(quota.Take(morning).ok());
}

TEST(Quota, AClockSetBackDoesNotLockItUp) {
  Quota quota({.per_minute = 1});
  ASSERT_TRUE(quota.Take(At("2026-11-24 10:00:00")).ok());
  EXPECT_TRUE(quota.Take(At("2026-11-24 09:00:00")).ok());
}

TEST(Quota, NoLimitsNoRefusals) {
  Quota quota({});
  const absl::Time now = At("2026-11-24 10:00:00");
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(quota.Take(now).ok());
}

}  // namespace
}  // namespace vtlookup
