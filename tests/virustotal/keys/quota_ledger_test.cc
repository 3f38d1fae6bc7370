// The files of the ledger: what is lost when they are damaged, cut or missing.

#include "virustotal/keys/quota_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "core/fixed.h"
#include "core/fnv.h"
#include "tests/virustotal/keys/key_ring_fixture.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
    EXPECT_THAT(reports_, Contains(HasSubstr("is lost")));
    EXPECT_EQ(Left(Lane::kBulk), std::pair(0, 0));
    EXPECT_EQ(Left().second, 2);
    Open(limits, true);
    EXPECT_THAT(reports_, IsEmpty());
    EXPECT_EQ(Left(Lane::kBulk), std::pair(0, 0)) << "it stays so";
    Advance(absl::Hours(24 * 31));
  }
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
  EXPECT_EQ(Used(WindowKind::kDay), 4);
  EXPECT_EQ(Used(WindowKind::kMonth), 31);
  Open({.per_day = 10}, true);
  Advance(absl::Minutes(5));
  EXPECT_EQ(Left().first, 6);
}

}  // namespace
}  // namespace vtlookup
