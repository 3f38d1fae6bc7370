#include "virustotal/keys/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "core/fixed.h"
#include "core/fnv.h"
#include "tests/fakes/temp_dir.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr size_t kRecordSize = 32;
constexpr absl::Duration kFourHundredDays = absl::Hours(24 * 400);

class KeyRingTest : public testing::Test {
 protected:
  // As a process that starts; of the daemon whose verdicts are there already,
  // when `expected`.
  void Open(Quota::Limits limits, bool expected = false) {
    ring_.reset();
    reports_.clear();
    auto ledger = OpenLedger(expected);
    std::vector<KeyRing::Setup> setups;
    for (const std::string& name : names_) {
      setups.push_back({.name = name, .access = {}, .limits = limits});
    }
    ring_ = std::make_unique<KeyRing>(
        std::move(setups), std::move(ledger), now_,
        [this](std::string_view text) { reports_.emplace_back(text); });
  }
  std::unique_ptr<QuotaLedger> OpenLedger(bool expected = false) const {
    auto ledger = QuotaLedger::Open(
        {.path = path(), .boot_id = boot_id_, .expected = expected});
    EXPECT_TRUE(ledger.ok()) << ledger.status();
    return *std::move(ledger);
  }

  void Take(int count, Lane lane = Lane::kInteractive) {
    for (int i = 0; i < count; ++i) {
      const auto key = ring_->Take(lane, now_);
      ASSERT_TRUE(key.ok()) << key.status();
      ring_->Ended(**key, now_, now_);
    }
  }
  // How many more requests there is room for, by key.
  std::pair<int, int> Left(Lane lane = Lane::kInteractive) {
    std::pair<int, int> left;
    while (true) {
      const auto key = ring_->Take(lane, now_);
      if (!key.ok()) return left;
      ++((*key)->name == "one" ? left.first : left.second);
    }
  }
  void Advance(absl::Duration by) {
    now_.time += by;
    now_.uptime += by;
  }
  void Reboot() {
    ++boot_id_;
    now_.uptime = absl::Seconds(10);
  }

  std::string path() const { return dir_ / "quota"; }
  std::string copy() const { return dir_ / "quota.copy"; }
  // Without the zeros at the end.
  static std::string ReadRecords(const std::string& path) {
    std::ifstream in(path);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const size_t last = bytes.find_last_not_of('\0');
    const size_t size = last == std::string::npos ? 0 : last + 1;
    return bytes.substr(0,
                        (size + kRecordSize - 1) / kRecordSize * kRecordSize);
  }
  static void Write(const std::string& path, const std::string& bytes) {
    std::ofstream(path) << bytes;
  }
  // Flips a bit in the record with this number, from the end: 1 is the last.
  static void Damage(const std::string& path, size_t from_end) {
    std::string bytes = ReadRecords(path);
    bytes[bytes.size() - from_end * kRecordSize + 5] ^= 0x10;
    Write(path, bytes);
  }

  TempDir dir_;
  Moment now_ = {absl::FromUnixSeconds(1795503600), absl::Hours(1000)};
  uint64_t boot_id_ = 7;
  std::vector<std::string> names_ = {"one", "two"};
  std::unique_ptr<KeyRing> ring_;
  std::vector<std::string> reports_;
};

TEST_F(KeyRingTest, CountsOutliveTheProcess) {
  Open({.per_day = 10});
  Take(2);
  ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  ring_->Refund(*ring_->keys()[0], now_, now_);
  // No destructor, as after kill -9: what was appended is there.
  const auto killed = std::move(ring_);
  Open({.per_day = 10});
  EXPECT_EQ(Left(), std::pair(8, 10));
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(KeyRingTest, AndANewDayForgetsThem) {
  Open({.per_day = 2});
  EXPECT_EQ(Left(), std::pair(2, 2));
  Advance(absl::Hours(24));
  Open({.per_day = 2});
  EXPECT_EQ(Left(), std::pair(2, 2));
}

TEST_F(KeyRingTest, ManyRestartsAddNothing) {
  Open({.per_minute = 5, .per_day = 10, .per_month = 20});
  Take(4);
  for (int i = 0; i < 20; ++i) Open({.per_minute = 5, .per_day = 10});
  EXPECT_EQ(Left(), std::pair(1, 5));
}

// It may have arrived just before the process ended.
TEST_F(KeyRingTest, AfterARestartARequestHasArrivedAsLateAsItCould) {
  Open({.per_minute = 1});
  ASSERT_TRUE(ring_->TakeFrom(*ring_->keys()[0], Lane::kBulk, now_).ok());
  Advance(absl::Seconds(30));
  Open({.per_minute = 1});
  KeyRing::Key& key = *ring_->keys()[0];
  Advance(absl::Seconds(49));
  EXPECT_FALSE(ring_->TakeFrom(key, Lane::kBulk, now_).ok());
  Advance(absl::Seconds(1));
  EXPECT_TRUE(ring_->TakeFrom(key, Lane::kBulk, now_).ok());
}

TEST_F(KeyRingTest, TheLedgerIsAllocatedOnceAndNeverGrows) {
  Open({});
  const auto sizes = [this] {
    return std::pair(std::filesystem::file_size(path()),
                     std::filesystem::file_size(copy()));
  };
  const auto before = sizes();
  EXPECT_EQ(before.first, before.second);
  Take(100000);
  EXPECT_EQ(sizes(), before);
  EXPECT_EQ(ring_->unwritten(), 0);
  Open({.per_day = 100010});
  EXPECT_EQ(Left().first, 10);
}

TEST_F(KeyRingTest, ABrokenTailIsDroppedWithoutTheRest) {
  Open({.per_day = 10});
  Take(3);
  for (const std::string& file : {path(), copy()}) {
    Write(file, ReadRecords(file) + "half a record");
  }
  Open({.per_day = 10});
  Take(1);
  Open({.per_day = 10});
  EXPECT_EQ(Left().first, 6);
}

TEST_F(KeyRingTest, EveryByteMayBeDamagedInOneOfTheFiles) {
  Open({.per_day = 10});
  Take(2);
  const size_t records = OpenLedger()->records().size();
  for (const std::string& file : {path(), copy()}) {
    const std::string good = ReadRecords(file);
    ASSERT_EQ(good.size(), (records + 1) * kRecordSize);
    for (size_t i = 0; i < good.size(); ++i) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 0x10);
      Write(file, bad);
      const auto ledger = OpenLedger();
      ASSERT_EQ(ledger->records().size(), records) << i;
      ASSERT_EQ(ledger->damaged(), 0) << i;
      ASSERT_GT(ledger->mended(), 0) << i;
    }
    Write(file, good);
  }
  EXPECT_EQ(OpenLedger()->mended(), 0);
}

TEST_F(KeyRingTest, OneOfTheFilesMayBeCutAnywhere) {
  Open({.per_day = 10});
  Take(3);
  for (const std::string& file : {path(), copy()}) {
    const std::string good = ReadRecords(file);
    for (size_t size = 0; size < good.size(); size += 7) {
      Write(file, good.substr(0, size));
      const auto ledger = OpenLedger();
      ASSERT_EQ(ledger->records().size() + 1, good.size() / kRecordSize);
      ASSERT_EQ(ledger->damaged(), 0) << size;
    }
    Write(file, good);
  }
}

TEST_F(KeyRingTest, WhatIsDamagedInBothCountsAsARequestWithEachKey) {
  Open({.per_day = 10});
  Take(3);
  Damage(path(), 2);
  Damage(copy(), 2);
  Open({.per_day = 10});
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("1 records are damaged")));
  EXPECT_EQ(Left(), std::pair(7, 9));
}

TEST_F(KeyRingTest, OneFileIsEnough) {
  for (const std::string& file : {path(), copy()}) {
    SCOPED_TRACE(file);
    Open({.per_day = 10});
    Take(3);
    std::filesystem::remove(file);
    Open({.per_day = 10}, true);
    EXPECT_THAT(reports_, ElementsAre(HasSubstr("none is lost")));
    EXPECT_EQ(Left().second, 10);
    Open({.per_day = 10}, true);
    EXPECT_THAT(reports_, IsEmpty()) << "it is mended";
    EXPECT_EQ(Left(), std::pair(0, 0));
    Advance(absl::Hours(24));
  }
}

TEST_F(KeyRingTest, AFirstStartAssumesNothing) {
  Open({.per_day = 10, .reserve_percent = 20});
  EXPECT_THAT(reports_, IsEmpty());
  EXPECT_EQ(Left(Lane::kBulk), std::pair(8, 8));
}

// Three ways to lose both.
TEST_F(KeyRingTest, WithoutALedgerOnlyTheReserveIsLeft) {
  const Quota::Limits limits = {
      .per_day = 10, .per_month = 100, .reserve_percent = 20};
  for (const std::string& bytes :
       {std::string("-"), std::string(), std::string(1000, 'x')}) {
    Open(limits);
    Take(1);
    for (const std::string& file : {path(), copy()}) {
      std::filesystem::remove(file);
      if (bytes != "-") Write(file, bytes);
    }
    Open(limits, true);
    EXPECT_THAT(reports_, Contains(HasSubstr("is not known any more")));
    EXPECT_EQ(Left(Lane::kBulk), std::pair(0, 0));
    EXPECT_EQ(Left().second, 2);
    Open(limits, true);
    EXPECT_THAT(reports_, IsEmpty());
    EXPECT_EQ(Left(Lane::kBulk), std::pair(0, 0)) << "it stays so";
    Advance(absl::Hours(24 * 31));
  }
}

TEST_F(KeyRingTest, VirusTotalsWordReplacesWhatIsAssumedAlsoAfterARestart) {
  names_ = {"one"};
  Open({.per_day = 100}, true);
  EXPECT_EQ(ring_->keys()[0]->quota.UsageAt(now_).day, 95);
  Open({.per_day = 100}, true);
  Take(1);
  ring_->Correct(*ring_->keys()[0],
                 {.day = Quota::Told::Window{.allowed = 100, .used = 40}},
                 now_);
  EXPECT_EQ(Left().first, 60);
  Open({.per_day = 100}, true);
  EXPECT_EQ(Left().first, 0);
}

TEST_F(KeyRingTest, AKeyThatIsNewIsNoLoss) {
  names_ = {"one"};
  Open({.per_day = 10});
  Take(3);
  names_ = {"one", "two"};
  Open({.per_day = 10}, true);
  EXPECT_THAT(reports_, IsEmpty());
  EXPECT_EQ(Left(), std::pair(7, 10));
}

// A rewriting that ends half-way leaves one of these.
TEST_F(KeyRingTest, ARewritingMayEndAnywhere) {
  names_ = {"one"};
  Open({.per_day = 10});
  Take(3);
  const std::string before = ReadRecords(path());
  Open({.per_day = 10});
  const std::string after = ReadRecords(path());
  const std::string no_head =
      std::string(kRecordSize, '\0') + after.substr(kRecordSize);
  const std::string half = std::string(kRecordSize, '\0') +
                           after.substr(kRecordSize, 40) +
                           before.substr(kRecordSize + 40);
  const std::string headless =
      std::string(kRecordSize, '\0') + before.substr(kRecordSize);
  for (const auto& [first, second] : {std::pair(before, headless),
                                      {before, half},
                                      {before, no_head},
                                      {before, after},
                                      {headless, after},
                                      {half, after},
                                      {no_head, after},
                                      {headless, before},
                                      {after, half},
                                      {after, before}}) {
    Write(path(), first);
    Write(copy(), second);
    Open({.per_day = 10}, true);
    EXPECT_EQ(Left().first, 7);
  }
}

// As versions before 1.0 wrote it, by hand.
std::string OldRecord(uint32_t type, absl::Time time, uint32_t a, uint32_t b) {
  std::string tail;
  AppendFixed(tail, type, 4);
  AppendFixed(tail, Fnv1a("one"), 8);
  AppendFixed(tail, static_cast<uint64_t>(absl::ToUnixMicros(time)), 8);
  AppendFixed(tail, a, 4);
  AppendFixed(tail, b, 4);
  std::string record;
  AppendFixed(
      record,
      crc32_z(0, reinterpret_cast<const Bytef*>(tail.data()), tail.size()), 4);
  return record + tail;
}

TEST_F(KeyRingTest, ALedgerWithoutGenerationsIsReadAndCountsBeforeOthers) {
  names_ = {"one"};
  Open({.per_day = 10});
  Take(9);
  ring_.reset();
  Write(path(), OldRecord(4, now_.time - absl::Hours(1), 3, 30) +
                    OldRecord(1, now_.time - absl::Minutes(5), 0, 0) +
                    OldRecord(3, now_.time + absl::Minutes(5), 1, 0));
  Open({.per_minute = 1, .per_day = 10}, true);
  EXPECT_THAT(reports_, IsEmpty());
  EXPECT_EQ(Left().first, 0) << "it is paused";
  EXPECT_EQ(ring_->keys()[0]->quota.UsageAt(now_).day, 4);
  EXPECT_EQ(ring_->keys()[0]->quota.UsageAt(now_).month, 31);
  Open({.per_day = 10}, true);
  Advance(absl::Minutes(5));
  EXPECT_EQ(Left().first, 6);
}

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

TEST_F(KeyRingTest, TellsOnceThatAKeyIsRefused) {
  Open({});
  ring_->OnKeyRefused(*ring_->keys()[0]);
  ring_->OnKeyRefused(*ring_->keys()[0]);
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("\"one\"")));
  EXPECT_EQ((*ring_->Take(Lane::kBulk, now_))->name, "two");
}

TEST_F(KeyRingTest, WithoutWaitingVirusTotalIsNotAskedAtOnceAgain) {
  Open({});
  for (const auto& key : ring_->keys()) {
    ring_->OnNoRoom(*key, QuotaUsedUp("minute", absl::ZeroDuration()), now_,
                    now_);
  }
  EXPECT_FALSE(ring_->Take(Lane::kInteractive, now_).ok());
  Advance(absl::Minutes(1));
  EXPECT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
}

}  // namespace
}  // namespace vtlookup
