#include "virustotal/keys/quota_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "core/failure.h"
#include "tests/fakes/temp_dir.h"
#include "virustotal/keys/key_ring.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;

absl::Time TimeOf(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%S", text, &time, &error));
  return time;
}

// Dashboards, alerts and clients know these names.
TEST(QuotaWindows, AreCalledAsEver) {
  EXPECT_STREQ(SpecOf(WindowKind::kDay).name, "day");
  EXPECT_STREQ(SpecOf(WindowKind::kMonth).name, "month");
}

// Ledgers of earlier versions hold these numbers.
TEST(QuotaWindows, AreWhereTheLedgerHasThemEver) {
  using Record = QuotaLedger::Record;
  const auto number = [](Record::Type type) { return static_cast<int>(type); };
  const WindowSpec& day = SpecOf(WindowKind::kDay);
  const WindowSpec& month = SpecOf(WindowKind::kMonth);
  EXPECT_EQ(number(day.end), 7);
  EXPECT_EQ(number(month.end), 8);
  for (const WindowSpec& spec : {day, month}) {
    EXPECT_EQ(number(spec.used.type), 4);
    EXPECT_EQ(number(spec.assumed.type), 9);
  }
  EXPECT_EQ(day.used.field, &Record::a);
  EXPECT_EQ(day.assumed.field, &Record::a);
  EXPECT_EQ(month.used.field, &Record::b);
  EXPECT_EQ(month.assumed.field, &Record::b);
}

// A record as it is in the files: type, time, and the fields a and b.
TEST(QuotaWindows, AreWrittenAsEver) {
  using Type = QuotaLedger::Record::Type;
  TempDir dir;
  const auto open = [&dir] {
    return *QuotaLedger::Open(
        {.path = dir / "quota", .boot_id = 7, .expected = true});
  };
  const Moment now = {TimeOf("2026-11-24 10:00:00"), absl::Hours(1000)};
  {
    // The ledger is lost, so 95 % count as used up.
    KeyRing ring({{.name = "one",
                   .access = {},
                   .limits = {.per_day = 100, .per_month = 1000}}},
                 open(), now, {});
    ring.Refund(**ring.Take(Lane::kInteractive, now), now, now);
  }
  const uint64_t id = QuotaLedger::KeyOf("one");
  const absl::Time day_end = absl::UnixEpoch() + absl::Hours(1014);
  const absl::Time month_end = absl::UnixEpoch() + absl::Hours(1014 + 6 * 24);
  const auto micros =
      static_cast<uint64_t>(absl::ToInt64Microseconds(now.uptime));
  const auto low = static_cast<uint32_t>(micros);
  const auto high = static_cast<uint32_t>(micros >> 32);
  EXPECT_THAT(open()->records(),
              ElementsAre(FieldsAre(Type::kUsed, id, now.time, 95, 950),
                          FieldsAre(Type::kDayWindow, id, day_end, 95, 0),
                          FieldsAre(Type::kMonthWindow, id, month_end, 950, 0),
                          FieldsAre(Type::kAssumed, id, now.time, 95, 950),
                          FieldsAre(Type::kCount, id, now.time, low, high),
                          FieldsAre(Type::kRefund, id, now.time, low, high)));
}

TEST(QuotaWindows, EachKindHasItsRowAndTheLongerOneIsLater) {
  absl::Duration longest_before;
  for (size_t i = 0; i < kWindowSpecs.size(); ++i) {
    const WindowSpec& spec = kWindowSpecs[i];
    EXPECT_EQ(&SpecOf(spec.kind), &spec) << i;
    EXPECT_GT(spec.longest, longest_before) << spec.name;
    EXPECT_LT(spec.margin, spec.longest) << spec.name;
    longest_before = spec.longest;
  }
}

TEST(QuotaWindows, NothingOfAWindowIsAnothersToo) {
  using Record = QuotaLedger::Record;
  std::set<std::string> names = {"minute"};
  std::set<Record::Type> ends;
  QuotaLimits limits;
  std::set<uint32_t*> members = {&limits.per_minute, &limits.reserve_percent};
  std::set<std::pair<Record::Type, uint32_t*>> places;
  Record record{.type = Record::Type::kUsed};
  for (const WindowSpec& spec : kWindowSpecs) {
    EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
    EXPECT_TRUE(ends.insert(spec.end).second) << spec.name;
    EXPECT_TRUE(members.insert(&(limits.*spec.limit)).second) << spec.name;
    for (const auto& place : {spec.used, spec.assumed}) {
      EXPECT_TRUE(places.emplace(place.type, &(record.*place.field)).second)
          << spec.name;
    }
  }
  for (const auto& place : places) EXPECT_FALSE(ends.contains(place.first));
  for (const Record::Type type : ends) {
    EXPECT_LE(type, Record::Type::kHighest) << "the ledger would not read it";
  }
}

TEST(QuotaWindows, BeginAtMidnightUtc) {
  const absl::Time now = TimeOf("2024-02-29 23:59:59");
  EXPECT_EQ(BeginOfUtcDay(now, 0), TimeOf("2024-02-29 00:00:00"));
  EXPECT_EQ(BeginOfUtcDay(now, 1), TimeOf("2024-03-01 00:00:00"));
  EXPECT_EQ(BeginOfUtcMonth(now, 0), TimeOf("2024-02-01 00:00:00"));
  EXPECT_EQ(BeginOfUtcMonth(now, 1), TimeOf("2024-03-01 00:00:00"));
  EXPECT_EQ(BeginOfUtcMonth(TimeOf("2026-12-31 10:00:00"), 1),
            TimeOf("2027-01-01 00:00:00"));
}

TEST(QuotaWindows, TakeNoLongerThanTheirLongest) {
  absl::Time now = TimeOf("2024-01-01 00:00:00");
  for (int day = 0; day < 366; ++day, now += absl::Hours(24)) {
    for (const WindowSpec& spec : kWindowSpecs) {
      const absl::Time begin = spec.begin(now, 0);
      ASSERT_LE(begin, now) << spec.name;
      ASSERT_GT(spec.begin(now, 1), now) << spec.name;
      ASSERT_LE(spec.begin(now, 1) - begin, spec.longest) << spec.name;
      ASSERT_EQ(spec.begin(begin, 0), begin) << spec.name;
    }
  }
}

TEST(QuotaWindows, AValueForEach) {
  PerWindow<std::string> names = MakePerWindow(
      [](WindowKind kind) -> std::string { return SpecOf(kind).name; });
  EXPECT_EQ(names[WindowKind::kDay], "day");
  EXPECT_EQ(names[WindowKind::kMonth], "month");
  names[WindowKind::kMonth] = "other";
  EXPECT_EQ(names[WindowKind::kDay], "day");
  EXPECT_EQ(std::as_const(names)[WindowKind::kMonth], "other");
}

// The failure when no request may be made.
Failure FailureAt(Quota& quota, const Moment& now) {
  const Quota::Opening opening = quota.OpeningFor(Lane::kInteractive, 0, now);
  EXPECT_GT(opening.at, now.time);
  return FailureOf(QuotaFailureOf(opening, now.time));
}

TEST(QuotaWindows, OfTwoWithoutRoomTheLongerOneIsNamed) {
  Quota quota({.per_day = 1, .per_month = 1});
  const Moment now = {TimeOf("2026-11-24 10:00:00"), absl::Hours(1000)};
  quota.Count(now);
  EXPECT_EQ(FailureAt(quota, now).quota, "month");
  EXPECT_EQ(FailureAt(quota, now).retry_after, absl::Hours(6 * 24 + 14));
}

TEST(QuotaWindows, OneThatEndsInAPauseHasRoomAfterIt) {
  const Moment now = {TimeOf("2026-11-30 23:50:00"), absl::Hours(1000)};
  for (const WindowSpec& spec : kWindowSpecs) {
    QuotaLimits limits;
    limits.*spec.limit = 1;
    Quota quota(limits);
    quota.Count(now);
    EXPECT_EQ(FailureAt(quota, now).retry_after, absl::Minutes(10));
    quota.PauseUntil(now.uptime + absl::Minutes(15), Quota::Pause::kQuota, now);
    EXPECT_EQ(FailureAt(quota, now).quota, spec.name);
    EXPECT_EQ(FailureAt(quota, now).retry_after, absl::Minutes(15));
  }
}

}  // namespace
}  // namespace vtlookup
