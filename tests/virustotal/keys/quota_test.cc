#include "virustotal/keys/quota.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "core/failure.h"
#include "tests/virustotal/keys/quota_helpers.h"

namespace vtlookup {
namespace {

TEST(Quota, NeverMoreThanTheLimitInAnyMinute) {
  Quota quota({.per_minute = 4});
  const Moment start = At("2026-11-24 10:00:00");
  std::vector<absl::Time> taken;
  for (int second = 0; second < 600; ++second) {
    const Moment now = start + absl::Seconds(second);
    if (Take(quota, now).ok()) taken.push_back(now.time);
  }
  EXPECT_EQ(taken.size(), 40);  // all that ten minutes allow
  for (size_t i = 4; i < taken.size(); ++i) {
    EXPECT_GE(taken[i] - taken[i - 4], absl::Seconds(60));
  }
}

TEST(Quota, SaysWhichQuotaAndWhenThereIsRoom) {
  Quota quota({.per_minute = 1});
  const Moment start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, start).ok());
  const absl::Status status = Take(quota, start + absl::Seconds(20));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(FailureOf(status).quota, "minute");
  EXPECT_EQ(FailureOf(status).retry_after, absl::Seconds(40));
  EXPECT_EQ(FailureOf(status).reason, "QUOTA_MINUTE_EXCEEDED");
}

TEST(Quota, TheDayTurnsAtMidnightUtc) {
  Quota quota({.per_day = 2});
  const Moment evening = At("2026-11-24 23:59:58");
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
  const Moment start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, start).ok());
  for (int i = 1; i < 50; ++i) {
    ASSERT_FALSE(Take(quota, start + absl::Seconds(i)).ok());
  }
  EXPECT_TRUE(Take(quota, start + absl::Seconds(60)).ok());
}

TEST(Quota, PausesWhenVirusTotalSaysSo) {
  Quota quota({});
  const Moment start = At("2026-11-24 10:00:00");
  quota.PauseUntil(start.uptime + absl::Seconds(60), Quota::Pause::kQuota,
                   start);
  EXPECT_EQ(FailureOf(Take(quota, start)).retry_after, absl::Seconds(60));
  EXPECT_TRUE(Take(quota, start + absl::Seconds(60)).ok());
}

TEST(Quota, GivesBackWhatWasNotSent) {
  Quota quota({.per_minute = 1, .per_day = 1, .per_month = 1});
  const Moment start = At("2026-11-24 10:00:00");
  for (int i = 0; i < 10; ++i) {
    const Moment now = start + absl::Seconds(i);
    ASSERT_LE(quota.OpeningFor(Lane::kInteractive, 0, now).at, now.time);
    quota.Count(now);
    quota.Refund(now.uptime);
  }
  ASSERT_TRUE(Take(quota, start + absl::Seconds(10)).ok());
  EXPECT_FALSE(Take(quota, start + absl::Seconds(11)).ok());
}

TEST(Quota, ARefundDoesNotReachIntoANewDay) {
  Quota quota({.per_day = 1});
  const Moment evening = At("2026-11-24 23:59:59");
  const Moment morning = At("2026-11-25 00:00:01");
  quota.Count(evening);
  ASSERT_TRUE(Take(quota, morning).ok());
  quota.Refund(evening.uptime);
  EXPECT_FALSE(Take(quota, morning).ok());
}

// VirusTotal may see a request as late as just before its answer.
TEST(Quota, ARequestUnderWayIsPartOfTheMinute) {
  Quota quota({.per_minute = 1});
  const Moment start = At("2026-11-24 10:00:00");
  quota.Count(start);
  const Moment later = start + absl::Seconds(70);
  EXPECT_EQ(quota.UsageAt(later).minute, 1);
  EXPECT_EQ(FailureOf(Take(quota, later)).retry_after, absl::Seconds(60));
  quota.Ended(start.uptime, later.uptime);
  EXPECT_FALSE(Take(quota, later + absl::Seconds(59)).ok());
  EXPECT_TRUE(Take(quota, later + absl::Seconds(60)).ok());
}

// Requests arrive at any moment between their sending and their end.
TEST(Quota, NoMinuteOfVirusTotalsHoldsMoreThanTheLimit) {
  constexpr uint32_t kLimit = 20;
  std::mt19937 random(7);
  const auto below = [&random](int64_t bound) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(bound));
  };
  Quota quota({.per_minute = kLimit});
  Moment now = At("2026-11-24 10:00:00");
  std::multimap<absl::Duration, absl::Duration> under_way;  // end, beginning
  std::vector<absl::Duration> arrived;
  for (int step = 0; step < 20000; ++step) {
    now = now + absl::Milliseconds(below(200));
    while (!under_way.empty() && under_way.begin()->first <= now.uptime) {
      quota.Ended(under_way.begin()->second, now.uptime);
      under_way.erase(under_way.begin());
    }
    if (quota.OpeningFor(Lane::kBulk, 0, now).at > now.time) continue;
    quota.Count(now);
    const int64_t travel = below(20) == 0 ? below(20000) : below(2000);
    arrived.push_back(now.uptime + absl::Milliseconds(below(travel + 1)));
    under_way.emplace(now.uptime + absl::Milliseconds(travel), now.uptime);
  }
  std::sort(arrived.begin(), arrived.end());
  ASSERT_GT(arrived.size(), 300);
  for (size_t i = kLimit; i < arrived.size(); ++i) {
    ASSERT_GE(arrived[i] - arrived[i - kLimit], absl::Seconds(60)) << i;
  }
}

TEST(Quota, WhatIsAssumedLeavesTheReserve) {
  Quota quota({.per_day = 100, .per_month = 1000, .reserve_percent = 20});
  const Moment now = At("2026-11-24 10:00:00");
  quota.AssumeUsed(now);
  EXPECT_FALSE(Take(quota, now, Lane::kBulk).ok());
  int left = 0;
  while (Take(quota, now).ok()) ++left;
  EXPECT_EQ(left, 20);
  EXPECT_TRUE(Take(quota, At("2026-12-01 00:00:00"), Lane::kBulk).ok());
}

TEST(Quota, VirusTotalsOwnWordReplacesWhatIsAssumed) {
  Quota quota({.per_day = 100});
  const Moment now = At("2026-11-24 10:00:00");
  quota.AssumeUsed(now);
  ASSERT_TRUE(Take(quota, now).ok()) << "somebody must be able to ask";
  quota.Correct(TellsOfDay(100, 0), now);
  EXPECT_EQ(quota.UsageAt(now).windows[WindowKind::kDay].used, 1) << "our own";
  quota.AssumeUsed(now);
  quota.Correct(TellsOfDay(100, 30), now);
  EXPECT_EQ(quota.UsageAt(now).windows[WindowKind::kDay].used, 30);
  quota.Correct(TellsOfDay(100, 3), now);
  EXPECT_EQ(quota.UsageAt(now).windows[WindowKind::kDay].used, 30);
}

// The ledger has both counts, one after the other.
TEST(Quota, ALaterCountEndsWhatWasAssumed) {
  Quota quota({.per_day = 100});
  const Moment now = At("2026-11-24 10:00:00");
  quota.SetUsed(WindowKind::kDay, 95, now);
  quota.SetAssumed(WindowKind::kDay, 95);
  quota.RestoreWindow(WindowKind::kDay, now.uptime + absl::Hours(14), 10);
  quota.Correct(TellsOfDay(100, 8), now);
  EXPECT_EQ(quota.UsageAt(now).windows[WindowKind::kDay].used, 10);
}

TEST(Quota, NoLimitsNoRefusals) {
  Quota quota({});
  const Moment now = At("2026-11-24 10:00:00");
  for (int i = 0; i < 100000; ++i) ASSERT_TRUE(Take(quota, now).ok());
}

TEST(Quota, APartOfTheDayIsForInteractiveOnes) {
  Quota quota({.per_day = 10, .reserve_percent = 20});
  const Moment now = At("2026-11-24 10:00:00");
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
