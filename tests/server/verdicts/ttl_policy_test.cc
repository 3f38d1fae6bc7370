#include "server/verdicts/ttl_policy.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "server/config/yaml.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

v1::CacheConfig Defaults() {
  v1::CacheConfig config;
  ApplyDefaults(&config);
  return config;
}

v1::Verdict Verdict(int code, uint32_t positives = 0) {
  v1::Verdict verdict;
  verdict.set_response_code(code);
  if (code == 1) {
    verdict.set_positives(positives);
    verdict.set_total(60);
  }
  return verdict;
}

Indicator ADomain(int number = 0) {
  return *Indicator::Parse(Kind::kDomain,
                           "d" + std::to_string(number) + ".example");
}

void ExpectNear(absl::Duration actual, absl::Duration expected) {
  EXPECT_GE(actual, 0.9 * expected) << actual << " for " << expected;
  EXPECT_LE(actual, 1.1 * expected) << actual << " for " << expected;
}

TEST(TtlPolicy, FreshByResponseCode) {
  const struct {
    int code;
    absl::Duration fresh;
  } kCases[] = {{1, absl::Hours(24)},
                {0, absl::Hours(1)},
                {-1, absl::Hours(24)},
                {-2, absl::Seconds(60)}};
  for (const auto& c : kCases) {
    ExpectNear(LifetimeOf(Verdict(c.code), ADomain(), 0, Defaults()).fresh,
               c.fresh);
  }
}

TEST(TtlPolicy, StaleByWhatItSays) {
  const struct {
    v1::Verdict verdict;
    absl::Duration stale;
  } kCases[] = {{Verdict(1, 3), absl::Hours(7 * 24)},
                {Verdict(1, 0), absl::Hours(24)},
                {Verdict(0), absl::Hours(24)},
                {Verdict(-1), absl::Hours(24)},
                {Verdict(-2), absl::ZeroDuration()}};
  for (const auto& c : kCases) {
    const Lifetime lifetime = LifetimeOf(c.verdict, ADomain(), 0, Defaults());
    EXPECT_EQ(lifetime.usable - lifetime.fresh, c.stale);
  }
}

TEST(TtlPolicy, QueuedDoublesUpToItsMost) {
  const absl::Duration kExpected[] = {absl::Seconds(60), absl::Minutes(2),
                                      absl::Minutes(4),  absl::Minutes(8),
                                      absl::Minutes(15), absl::Minutes(15)};
  for (int polls = 0; polls < 6; ++polls) {
    ExpectNear(LifetimeOf(Verdict(-2), ADomain(), polls, Defaults()).fresh,
               kExpected[polls]);
  }
  ExpectNear(LifetimeOf(Verdict(-2), ADomain(), 255, Defaults()).fresh,
             absl::Minutes(15));
}

TEST(TtlPolicy, AKindMayHaveItsOwn) {
  v1::CacheConfig config = Defaults();
  SetDuration(absl::Hours(6),
              config.mutable_ttl()->mutable_present_by_kind()->mutable_url());
  const auto url = Indicator::Parse(Kind::kUrl, "http://a.com/");
  ExpectNear(LifetimeOf(Verdict(1), *url, 0, config).fresh, absl::Hours(6));
  ExpectNear(LifetimeOf(Verdict(1), ADomain(), 0, config).fresh,
             absl::Hours(24));
}

TEST(TtlPolicy, JitterIsSpreadAndAlwaysTheSame) {
  std::set<absl::Duration> lifetimes;
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration fresh =
        LifetimeOf(Verdict(0), ADomain(i), 0, Defaults()).fresh;
    ExpectNear(fresh, absl::Hours(1));
    EXPECT_EQ(fresh, LifetimeOf(Verdict(0), ADomain(i), 0, Defaults()).fresh);
    lifetimes.insert(fresh);
  }
  EXPECT_GT(lifetimes.size(), 990);
  EXPECT_LT(*lifetimes.begin(), absl::Minutes(55));
  EXPECT_GT(*lifetimes.rbegin(), absl::Minutes(65));
}

}  // namespace
}  // namespace vtlookup
