#include "tests/cache/tier_conformance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string AllBytes() {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  return all;
}

}  // namespace

const absl::Time TierConformance::kNow = absl::FromUnixSeconds(1795503600);

Entry TierConformance::Of(std::string value, absl::Time stored) {
  return {std::make_shared<const std::string>(std::move(value)), stored,
          kNow + absl::Hours(1), kNow + absl::Hours(24)};
}

std::string TierConformance::ValueOf(const absl::StatusOr<Entry>& entry) {
  return entry.ok() ? *entry->value
                    : absl::StatusCodeToString(entry.status().code());
}

TierConformance::Pairs TierConformance::ScanAll(Tier& tier,
                                                std::string_view from) {
  Pairs seen;
  const absl::Status status =
      tier.Scan(from, [&](std::string_view key, const Entry& entry) {
        seen.emplace_back(key, *entry.value);
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  return seen;
}

std::vector<std::string> TierConformance::KeysFrom(Tier& tier,
                                                   std::string_view from) {
  std::vector<std::string> keys;
  for (auto& [key, value] : ScanAll(tier, from)) keys.push_back(key);
  return keys;
}

TEST_P(TierConformance, ReturnsEveryKeyAndValueByteForByte) {
  const std::map<std::string, std::string> values = {
      {"", "under the empty key"},
      {"empty value", ""},
      {std::string(1, '\0'), std::string(3, '\0')},
      {std::string("a\0b", 3), "a zero byte in the key"},
      {"a", "a part of another key"},
      {AllBytes(), AllBytes()},
      {std::string(64 << 10, 'k'), "under a long key"},
      {std::string(64 << 10, '\xff'), "under the last key"},
      {"long value", std::string(16 << 20, 'v')},
  };
  const auto tier = host_->Open();
  for (const auto& [key, value] : values) {
    ASSERT_TRUE(tier->Write({{key, Of(value)}}).ok()) << key.size();
  }
  for (const auto& [key, value] : values) {
    EXPECT_TRUE(ValueAt(*tier, key) == value) << key.size();
  }
  EXPECT_TRUE(ScanAll(*tier) == Pairs(values.begin(), values.end()));
}

TEST_P(TierConformance, KeepsTheTimesOfAnEntryToTheMicrosecond) {
  const absl::Duration tick = absl::Microseconds(1);
  const Entry entry = {std::make_shared<const std::string>("v"), kNow + tick,
                       kNow + absl::Hours(1) + 2 * tick,
                       kNow + absl::Hours(2) + 3 * tick};
  const auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"k", entry}}).ok());
  const auto expect = [&](const Entry& found) {
    EXPECT_EQ(found.stored, entry.stored);
    EXPECT_EQ(found.fresh_until, entry.fresh_until);
    EXPECT_EQ(found.usable_until, entry.usable_until);
  };
  const auto found = tier->Get({"k"}).at(0);
  ASSERT_TRUE(found.ok()) << found.status();
  expect(*found);
  EXPECT_TRUE(tier->Scan("",
                         [&](std::string_view, const Entry& scanned) {
                           expect(scanned);
                           return true;
                         })
                  .ok());
}

TEST_P(TierConformance, GetAnswersEachKeyInItsPlace) {
  const auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1")}, {"b", Of("2")}}).ok());
  std::vector<std::string> values;
  for (const auto& entry : tier->Get({"b", "none", "a", "b", "none", "b"})) {
    values.push_back(ValueOf(entry));
  }
  EXPECT_THAT(values,
              ElementsAre("2", "NOT_FOUND", "1", "2", "NOT_FOUND", "2"));
  EXPECT_THAT(tier->Get({}), IsEmpty());
}

TEST_P(TierConformance, GetAnswersHundredsOfKeys) {
  const auto tier = host_->Open();
  std::vector<Tier::Record> records;
  std::vector<std::string> keys;
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    keys.push_back(absl::StrCat("k", i * 7919 % 500));
    const bool missing = i % 3 == 0;
    expected.push_back(missing ? "NOT_FOUND" : absl::StrCat("v", i));
    if (!missing) records.push_back({keys.back(), Of(expected.back())});
  }
  ASSERT_TRUE(tier->Write(records).ok());
  std::vector<std::string> values;
  for (const auto& entry : tier->Get(keys)) values.push_back(ValueOf(entry));
  EXPECT_EQ(values, expected);
}

TEST_P(TierConformance, PeekNeverContradictsGet) {
  auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"k", Of("v")}}).ok());
  for (int reopened = 0; reopened < 2; ++reopened) {
    Entry entry = Of("as it was");
    switch (tier->Peek("k", &entry)) {
      case Tier::Peeked::kFound:
        EXPECT_EQ(*entry.value, "v");
        break;
      case Tier::Peeked::kAbsent:
        ADD_FAILURE() << "there is an entry";
        break;
      case Tier::Peeked::kUnknown:
        EXPECT_EQ(*entry.value, "as it was");
        break;
    }
    entry = Of("as it was");
    EXPECT_NE(tier->Peek("none", &entry), Tier::Peeked::kFound);
    EXPECT_EQ(*entry.value, "as it was");
    tier.reset();
    tier = host_->Open();
  }
}

TEST_P(TierConformance, TheLastWriteWinsWhateverItsTimes) {
  const auto tier = host_->Open();
  const absl::Duration day = absl::Hours(24);
  int count = 0;
  for (const absl::Time stored : {kNow, kNow - day, kNow + day, kNow - day}) {
    const std::string value = absl::StrCat(++count);
    ASSERT_TRUE(tier->Write({{"k", Of(value, stored)}}).ok());
    EXPECT_EQ(ValueAt(*tier, "k"), value);
    EXPECT_EQ(ScanAll(*tier), (Pairs{{"k", value}}));
    Entry peeked;
    if (tier->Peek("k", &peeked) == Tier::Peeked::kFound) {
      EXPECT_EQ(*peeked.value, value);
    }
  }
}

TEST_P(TierConformance, TheLastRecordOfAKeyInOneWriteWins) {
  const auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"k", Of("1")},
                           {"other", Of("2")},
                           {"k", Of("3", kNow - absl::Hours(1))}})
                  .ok());
  EXPECT_EQ(ScanAll(*tier), (Pairs{{"k", "3"}, {"other", "2"}}));
}

TEST_P(TierConformance, AWriteWithoutRecordsChangesNothing) {
  const auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({}).ok());
  ASSERT_TRUE(tier->Write({{"k", Of("v")}}).ok());
  ASSERT_TRUE(tier->Write({}).ok());
  EXPECT_EQ(ScanAll(*tier), (Pairs{{"k", "v"}}));
}

TEST_P(TierConformance, AnExpiredEntryComesBackAsItWasOrNotAtAll) {
  const auto tier = host_->Open();
  Entry expired = Of("deleted");
  expired.fresh_until = expired.usable_until = kNow - absl::Hours(48);
  ASSERT_TRUE(tier->Write({{"k", Of("v")}}).ok());
  ASSERT_TRUE(tier->Write({{"k", expired}}).ok());
  const auto found = tier->Get({"k"}).at(0);
  if (found.ok()) {
    EXPECT_EQ(*found->value, "deleted");
    EXPECT_EQ(found->usable_until, expired.usable_until);
  } else {
    EXPECT_TRUE(absl::IsNotFound(found.status())) << found.status();
  }
  ASSERT_TRUE(tier->Write({{"k", Of("new")}}).ok());
  EXPECT_EQ(ValueAt(*tier, "k"), "new");
}

TEST_P(TierConformance, WhatWasWrittenIsThereWhenItIsOpenedAgain) {
  for (int round = 0; round < 3; ++round) {
    const auto tier = host_->Open();
    const std::string value = absl::StrCat(round);
    ASSERT_TRUE(tier->Write({{"all", Of("x")}, {value, Of("y")}}).ok());
    ASSERT_TRUE(tier->Write({{"all", Of(value)}}).ok());
  }
  const auto tier = host_->Open();
  EXPECT_EQ(ScanAll(*tier),
            (Pairs{{"0", "y"}, {"1", "y"}, {"2", "y"}, {"all", "2"}}));
}

TEST_P(TierConformance, AFailureIsNotTheSameAsAMissingEntry) {
  const auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"k", Of("v")}}).ok());
  host_->Break(*tier);
  const auto entries = tier->Get({"k", "none"});
  ASSERT_EQ(entries.size(), 2);
  for (const auto& entry : entries) {
    EXPECT_FALSE(entry.ok());
    EXPECT_FALSE(absl::IsNotFound(entry.status())) << entry.status();
  }
  Entry entry;
  EXPECT_NE(tier->Peek("k", &entry), Tier::Peeked::kFound);
  EXPECT_FALSE(tier->Scan("", [](auto, auto&) { return true; }).ok());
  host_->Repair(*tier);
  EXPECT_EQ(ValueAt(*tier, "k"), "v");
  EXPECT_EQ(ValueAt(*tier, "none"), "NOT_FOUND");
  EXPECT_EQ(ScanAll(*tier), (Pairs{{"k", "v"}}));
}

TEST_P(TierConformance, AWriteToABrokenTierIsRefusedOrKeptForLater) {
  auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"k", Of("old")}}).ok());
  host_->Break(*tier);
  const bool kept = tier->Write({{"k", Of("new")}, {"added", Of("new")}}).ok();
  host_->Repair(*tier);
  for (int reopened = 0; reopened < 2; ++reopened) {
    if (kept) {
      EXPECT_EQ(ValueAt(*tier, "k"), "new");
      EXPECT_EQ(ValueAt(*tier, "added"), "new");
    } else {
      EXPECT_THAT(ValueAt(*tier, "k"), testing::AnyOf("old", "new"));
      EXPECT_THAT(ValueAt(*tier, "added"), testing::AnyOf("NOT_FOUND", "new"));
    }
    tier.reset();
    tier = host_->Open();
  }
  ASSERT_TRUE(tier->Write({{"k", Of("newer")}}).ok());
  EXPECT_EQ(ValueAt(*tier, "k"), "newer");
}

TEST_P(TierConformance, ItReadsAndWritesAfterTendingHasStopped) {
  const auto tier = host_->Open();
  ASSERT_TRUE(tier->Write({{"k", Of("1")}}).ok());
  tier->Tend();
  EXPECT_EQ(ValueAt(*tier, "k"), "1");
  tier->StopTending();
  tier->Tend();
  ASSERT_TRUE(tier->Write({{"k", Of("2")}}).ok());
  EXPECT_EQ(ValueAt(*tier, "k"), "2");
}

}  // namespace vtlookup
