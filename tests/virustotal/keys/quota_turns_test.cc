// When the turn of each request comes that waits for the quota.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "tests/virustotal/keys/quota_helpers.h"
#include "virustotal/keys/quota.h"

namespace vtlookup {
namespace {

TEST(Quota, TellsWhenTheTurnOfEachWillCome) {
  Quota quota({.per_minute = 2});
  const Moment start = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, start).ok());
  ASSERT_TRUE(Take(quota, start + absl::Seconds(10)).ok());
  const Moment now = start + absl::Seconds(20);
  const auto opening = [&](size_t ahead) {
    return quota.OpeningFor(Lane::kInteractive, ahead, now).at - start.time;
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
    Moment now = At("2026-11-24 10:00:00");
    for (uint32_t i = 0; i < limit - 1; ++i) {
      ASSERT_TRUE(Take(quota, now).ok());
      now = now + absl::Seconds(5);
    }
    std::vector<absl::Time> foretold;
    for (size_t ahead = 0; ahead < 20; ++ahead) {
      foretold.push_back(quota.OpeningFor(Lane::kBulk, ahead, now).at);
    }
    for (const absl::Time turn : foretold) {
      while (!Take(quota, now, Lane::kBulk).ok()) {
        now = now + absl::Seconds(1);
      }
      EXPECT_EQ(now.time, turn) << limit;
    }
  }
}

// Also where the limit has been lowered meanwhile.
TEST(Quota, FartherTurnsComeAsForetold) {
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    Quota quota({.per_minute = 9});
    Moment now = At("2026-11-24 10:00:00");
    for (size_t i = random() % 10; i > 0; --i) {
      ASSERT_TRUE(Take(quota, now).ok());
      now = now + absl::Seconds(random() % 5);
    }
    quota.SetLimits({.per_minute = static_cast<uint32_t>(1 + random() % 9)});
    std::vector<absl::Time> foretold;
    for (size_t ahead = 0; ahead < 40; ++ahead) {
      foretold.push_back(quota.OpeningFor(Lane::kBulk, ahead, now).at);
    }
    for (const absl::Time turn : foretold) {
      while (!Take(quota, now, Lane::kBulk).ok()) {
        now = now + absl::Seconds(1);
      }
      ASSERT_EQ(now.time, turn) << round;
    }
  }
}

// Each miss that is placed asks: 110,000 of them, each behind all before it.
TEST(Quota, AFarTurnIsForetoldAtOnce) {
  Quota quota({.per_minute = 1});
  const Moment now = At("2026-11-24 10:00:00");
  ASSERT_TRUE(Take(quota, now).ok());
  absl::Time last;
  for (size_t ahead = 0; ahead < 110'000; ++ahead) {
    last = quota.OpeningFor(Lane::kBulk, ahead * 1'000'000, now).at;
  }
  EXPECT_EQ(last - now.time, absl::Minutes(109'999'000'001));
}

}  // namespace
}  // namespace vtlookup
