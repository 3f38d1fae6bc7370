#include "server/verdicts/acceptance.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using Mode = Want::Mode;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Indicator AUrl() { return *Indicator::Parse(Kind::kUrl, "http://a.com/"); }
Indicator ADomain() { return *Indicator::Parse(Kind::kDomain, "a.com"); }

Entry Fresh(ResponseCode code = ResponseCode::kPresent) {
  return FreshEntry(ValueOf(code), kNow);
}
Entry Stale(ResponseCode code = ResponseCode::kPresent) {
  return StaleEntry(ValueOf(code), kNow);
}
Entry Gone() { return GoneEntry(ValueOf(ResponseCode::kPresent), kNow); }

// Stored `ahead` of `kNow`, under a wrong clock.
Entry Ahead(absl::Duration ahead) {
  return {ValueOf(ResponseCode::kPresent), kNow + ahead,
          kNow + ahead + absl::Hours(1), kNow + ahead + absl::Hours(2)};
}

TEST(Acceptance, ByModeAndFreshness) {
  const struct {
    const char* name;
    Mode mode;
    Entry entry;
    bool accepts;
    bool instead;
    bool at_once;
  } kCases[] = {
      {"normal, fresh", Mode::kNormal, Fresh(), true, true, true},
      {"normal, stale", Mode::kNormal, Stale(), false, true, false},
      {"normal, gone", Mode::kNormal, Gone(), false, false, false},
      {"normal, age not known", Mode::kNormal, Ahead(absl::Hours(1)), false,
       true, false},
      {"normal, from next week", Mode::kNormal, Ahead(absl::Hours(24 * 7)),
       false, false, false},
      {"cache only, fresh", Mode::kCacheOnly, Fresh(), true, true, true},
      {"cache only, stale", Mode::kCacheOnly, Stale(), false, true, true},
      {"cache only, gone", Mode::kCacheOnly, Gone(), false, false, false},
      {"cache only, age not known", Mode::kCacheOnly, Ahead(absl::Hours(1)),
       false, true, true},
      {"refresh, fresh", Mode::kRefresh, Fresh(), false, false, false},
      {"refresh, stale", Mode::kRefresh, Stale(), false, false, false},
  };
  for (const auto& c : kCases) {
    const Want want{.mode = c.mode};
    EXPECT_EQ(Accepts(want, ADomain(), c.entry, kNow), c.accepts) << c.name;
    EXPECT_EQ(AcceptsInstead(want, c.entry, kNow), c.instead) << c.name;
    EXPECT_EQ(AnswersAtOnce(want, ADomain(), c.entry, kNow), c.at_once)
        << c.name;
  }
}

TEST(Acceptance, ByAge) {
  const struct {
    const char* name;
    Entry entry;
    absl::Duration max_age;
    bool accepts;
    bool instead;
  } kCases[] = {
      {"younger", Fresh(), absl::Hours(3), true, true},
      {"just as old", Fresh(), absl::Hours(2), true, true},
      {"older", Fresh(), absl::Hours(2) - absl::Nanoseconds(1), false, false},
      {"nothing cached will do", Fresh(), absl::ZeroDuration(), false, false},
      {"stale, younger", Stale(), absl::Hours(3), false, true},
      {"stale, older", Stale(), absl::Hours(1), false, false},
      {"clocks differ a little", Ahead(absl::Minutes(10)), absl::Minutes(1),
       true, true},
      {"age not known", Ahead(absl::Minutes(11)), absl::Hours(100), false,
       false},
  };
  for (const auto& c : kCases) {
    for (const Mode mode : {Mode::kNormal, Mode::kCacheOnly}) {
      const Want want{.mode = mode, .max_age = c.max_age};
      EXPECT_EQ(Accepts(want, ADomain(), c.entry, kNow), c.accepts) << c.name;
      EXPECT_EQ(AcceptsInstead(want, c.entry, kNow), c.instead) << c.name;
    }
  }
}

TEST(Acceptance, NotKnownIsNoAnswerForAUrlThatShallBeScanned) {
  const struct {
    const char* name;
    Mode mode;
    bool submit;
    bool url;
    ResponseCode code;
    bool asked_to_scan;
    bool accepts;
  } kCases[] = {
      {"to be scanned", Mode::kNormal, true, true, ResponseCode::kMissing,
       false, false},
      {"asked to scan already", Mode::kNormal, true, true,
       ResponseCode::kMissing, true, true},
      {"known", Mode::kNormal, true, true, ResponseCode::kPresent, false, true},
      {"being scanned", Mode::kNormal, true, true, ResponseCode::kQueued, false,
       true},
      {"no URL", Mode::kNormal, true, false, ResponseCode::kMissing, false,
       true},
      {"not to be scanned", Mode::kNormal, false, true, ResponseCode::kMissing,
       false, true},
      {"never VirusTotal", Mode::kCacheOnly, true, true, ResponseCode::kMissing,
       false, true},
  };
  for (const auto& c : kCases) {
    const Want want{.mode = c.mode, .submit_missing = c.submit};
    const Entry entry = FreshEntry(ValueOf(c.code, 0, c.asked_to_scan), kNow);
    const Indicator indicator = c.url ? AUrl() : ADomain();
    EXPECT_EQ(Accepts(want, indicator, entry, kNow), c.accepts) << c.name;
    EXPECT_EQ(AnswersAtOnce(want, indicator, entry, kNow), c.accepts) << c.name;
    // It may stand in, when VirusTotal cannot be asked.
    EXPECT_TRUE(AcceptsInstead(want, entry, kNow)) << c.name;
  }
}

TEST(Acceptance, AQueuedVerdictIsHeldBackForThoseThatWait) {
  const struct {
    const char* name;
    Mode mode;
    absl::Duration wait;
    ResponseCode code;
    bool held_back;
    bool at_once;
  } kCases[] = {
      {"waits", Mode::kNormal, absl::Seconds(1), ResponseCode::kQueued, true,
       false},
      {"does not wait", Mode::kNormal, absl::ZeroDuration(),
       ResponseCode::kQueued, false, true},
      {"final", Mode::kNormal, absl::Seconds(1), ResponseCode::kPresent, false,
       true},
      {"not known is final", Mode::kNormal, absl::Seconds(1),
       ResponseCode::kMissing, false, true},
      {"refreshes", Mode::kRefresh, absl::Seconds(1), ResponseCode::kQueued,
       true, false},
      {"never VirusTotal", Mode::kCacheOnly, absl::Seconds(1),
       ResponseCode::kQueued, false, true},
  };
  for (const auto& c : kCases) {
    const Want want{.mode = c.mode, .wait_for_final = c.wait};
    EXPECT_EQ(IsHeldBack(want, c.code), c.held_back) << c.name;
    EXPECT_EQ(AnswersAtOnce(want, AUrl(), Fresh(c.code), kNow), c.at_once)
        << c.name;
  }
}

TEST(Acceptance, WhatWasCachedStandsInUnlessItWasPurged) {
  const Want want;
  const Entry fresh = Fresh();
  const Entry stale = Stale();
  const Entry gone = Gone();
  EXPECT_TRUE(StillStandsIn(want, stale, nullptr, kNow));
  EXPECT_TRUE(StillStandsIn(want, stale, &stale, kNow));
  EXPECT_TRUE(StillStandsIn(want, stale, &fresh, kNow));
  EXPECT_FALSE(StillStandsIn(want, stale, &gone, kNow));
  EXPECT_FALSE(StillStandsIn(want, fresh, &gone, kNow));
  EXPECT_FALSE(StillStandsIn(want, gone, nullptr, kNow));
  EXPECT_FALSE(StillStandsIn({.mode = Mode::kRefresh}, fresh, nullptr, kNow));
  EXPECT_FALSE(
      StillStandsIn({.max_age = absl::Hours(1)}, stale, nullptr, kNow));
}

TEST(Acceptance, SoonExpiresInTheLastTenthOfItsTime) {
  const Entry entry{ValueOf(ResponseCode::kPresent), kNow,
                    kNow + absl::Minutes(100), kNow + absl::Hours(24)};
  const struct {
    absl::Duration after;
    bool soon;
  } kCases[] = {
      {absl::ZeroDuration(), false},
      {absl::Minutes(50), false},
      {absl::Minutes(90), false},
      {absl::Minutes(90) + absl::Microseconds(1), true},
      {absl::Minutes(100) - absl::Microseconds(1), true},
      {absl::Minutes(100), false},  // it is stale, which is another matter
      {absl::Minutes(101), false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(SoonExpires(entry, kNow + c.after), c.soon) << c.after;
  }
}

TEST(Acceptance, WhatIsNoVerdictNeverWillDo) {
  for (const char* bytes : {"", "junk", "\x02 is a format of the future"}) {
    const Entry entry =
        FreshEntry(std::make_shared<const std::string>(bytes), kNow);
    for (const Mode mode : {Mode::kNormal, Mode::kCacheOnly, Mode::kRefresh}) {
      const Want want{.mode = mode};
      EXPECT_FALSE(Accepts(want, ADomain(), entry, kNow)) << bytes;
      EXPECT_FALSE(AcceptsInstead(want, entry, kNow)) << bytes;
      EXPECT_FALSE(AnswersAtOnce(want, ADomain(), entry, kNow)) << bytes;
      EXPECT_FALSE(StillStandsIn(want, entry, nullptr, kNow)) << bytes;
    }
  }
}

}  // namespace
}  // namespace vtlookup
