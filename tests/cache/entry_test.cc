#include "cache/entry.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

Entry Sample(std::string value = "value") {
  const absl::Time now = absl::FromUnixSeconds(1700000000);
  return {std::make_shared<const std::string>(std::move(value)), now,
          now + absl::Hours(1), now + absl::Hours(24)};
}

TEST(Entry, FreshnessChangesAtItsTimes) {
  const Entry entry = Sample();
  const absl::Duration tick = absl::Microseconds(1);
  EXPECT_EQ(FreshnessAt(entry, entry.stored), Freshness::kFresh);
  EXPECT_EQ(FreshnessAt(entry, entry.fresh_until - tick), Freshness::kFresh);
  EXPECT_EQ(FreshnessAt(entry, entry.fresh_until), Freshness::kStale);
  EXPECT_EQ(FreshnessAt(entry, entry.usable_until - tick), Freshness::kStale);
  EXPECT_EQ(FreshnessAt(entry, entry.usable_until), Freshness::kGone);
}

TEST(Entry, SurvivesEncoding) {
  for (const std::string& value :
       {std::string(), std::string("x"), std::string(100000, '\0')}) {
    const Entry entry = Sample(value);
    const auto decoded = DecodeEntry(EncodeEntry(entry));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(*decoded->value, value);
    EXPECT_EQ(decoded->stored, entry.stored);
    EXPECT_EQ(decoded->fresh_until, entry.fresh_until);
    EXPECT_EQ(decoded->usable_until, entry.usable_until);
  }
}

// Fixes the bytes of the format, so that no change of the code changes them
// unnoticed. The checksum was computed with Python's zlib.crc32.
TEST(Entry, HasItsDocumentedBytes) {
  const Entry entry{std::make_shared<const std::string>("ab"),
                    absl::FromUnixMicros(1), absl::FromUnixMicros(2),
                    absl::FromUnixMicros(0x0102030405060708)};
  const std::string record = EncodeEntry(entry);
  const std::string tail("\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\x08\7\6\5\4\3\2\1ab",
                         26);
  EXPECT_EQ(record.substr(0, 1), "\1");
  EXPECT_EQ(record.substr(1, 4), std::string("\xd3\xb8\x64\x06", 4));
  EXPECT_EQ(record.substr(5), tail);
}

TEST(Entry, RefusesEveryDamagedRecord) {
  const std::string good = EncodeEntry(Sample());
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(DecodeEntry(good.substr(0, i)).ok()) << i;
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x20);
    EXPECT_FALSE(DecodeEntry(bad).ok()) << i;
  }
}

TEST(Entry, TellsItsTimesFromTheRecord) {
  const Entry entry = Sample();
  const auto times = TimesOf(EncodeEntry(entry));
  ASSERT_TRUE(times.ok());
  EXPECT_EQ(times->stored, entry.stored);
  EXPECT_EQ(times->usable_until, entry.usable_until);
  EXPECT_FALSE(TimesOf("").ok());
}

// Returns an entry that was fetched while the clock was wrong by `by`.
Entry Ahead(absl::Duration by, absl::Time now) {
  return {std::make_shared<const std::string>("x"), now + by,
          now + by + absl::Hours(24), now + by + absl::Hours(48)};
}

TEST(Entry, WhatIsOfTheFutureIsNeverFresh) {
  const absl::Time now = absl::FromUnixSeconds(1795503600);
  const auto at = [now](absl::Duration by) {
    return FreshnessAt(Ahead(by, now), now);
  };
  EXPECT_EQ(at(-absl::Hours(1)), Freshness::kFresh);
  EXPECT_EQ(at(absl::Minutes(10)), Freshness::kFresh);
  EXPECT_EQ(at(absl::Minutes(11)), Freshness::kStale);
  EXPECT_EQ(at(absl::Hours(24)), Freshness::kStale);
  EXPECT_EQ(at(absl::Hours(25)), Freshness::kGone);
  EXPECT_EQ(at(absl::Hours(24 * 400)), Freshness::kGone);
}

TEST(Entry, WhatNeverStandsInDoesNotDoSoFromTheFutureEither) {
  const absl::Time now = absl::FromUnixSeconds(1795503600);
  Entry queued = Ahead(absl::Hours(24), now);
  queued.usable_until = queued.fresh_until;
  EXPECT_EQ(FreshnessAt(queued, now), Freshness::kGone);
}

TEST(Entry, AKnownAgeIsNewerThanAnUnknownOne) {
  const absl::Time now = absl::FromUnixSeconds(1795503600);
  const Entry old = Ahead(-absl::Hours(2), now);
  const Entry young = Ahead(-absl::Hours(1), now);
  const Entry wrong = Ahead(absl::Hours(1), now);
  EXPECT_TRUE(IsNewer(young, old, now));
  EXPECT_FALSE(IsNewer(old, young, now));
  EXPECT_TRUE(IsNewer(old, wrong, now));
  EXPECT_FALSE(IsNewer(wrong, old, now));
}

}  // namespace
}  // namespace vtlookup
