// Tests how a store is opened, written and read.

#include "cache/rocks_tier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/cache/rocks_tier_fixture.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::HasSubstr;

namespace fs = std::filesystem;

TEST_F(RocksTierTest, FindsWhatWasWritten) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1")}, {"b", Of("2")}}).ok());
  EXPECT_EQ(*GetOne(*tier, "a")->value, "1");
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "c").status()));
}

TEST_F(RocksTierTest, FindsManyInTheirOrder) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1")}, {"b", Of("2")}}).ok());
  const auto entries = tier->Get({"b", "c", "a", "b"});
  ASSERT_EQ(entries.size(), 4);
  EXPECT_EQ(*entries[0]->value, "2");
  EXPECT_TRUE(absl::IsNotFound(entries[1].status()));
  EXPECT_EQ(*entries[2]->value, "1");
  EXPECT_EQ(*entries[3]->value, "2");
}

TEST_F(RocksTierTest, PeekAnswersFromMemoryOfTheDatabase) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1")}}).ok());
  Entry entry;
  EXPECT_EQ(tier->Peek("a", &entry), Tier::Peeked::kFound);
  EXPECT_EQ(*entry.value, "1");
  EXPECT_EQ(tier->Peek("b", &entry), Tier::Peeked::kAbsent);
}

TEST_F(RocksTierTest, SurvivesARestartWithItsTimes) {
  const Entry written = Of("v");
  ASSERT_TRUE(Open()->Write({{"k", written}}).ok());
  const auto entry = GetOne(*Open(), "k");
  EXPECT_EQ(*entry->value, "v");
  EXPECT_EQ(entry->fresh_until, written.fresh_until);
  EXPECT_THAT(Reports(), testing::IsEmpty());
}

TEST_F(RocksTierTest, SaysThatAnotherHasItOpen) {
  const auto tier = Open();
  const auto second = RocksTier::Open(OptionsHere(), clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("in use by another process"));
}

TEST_F(RocksTierTest, SaysSoOnAFullDiskAndOfADamagedDatabase) {
  RocksTier::Options options = OptionsHere();
  options.required = false;
  {
    const auto tier = Open();
    free_ = 0;
    EXPECT_TRUE(
        absl::IsFailedPrecondition(RocksTier::Open(options, clock_).status()));
  }
  {
    const auto tier = Open();
    EXPECT_TRUE(tier->off());
    EXPECT_TRUE(
        absl::IsFailedPrecondition(RocksTier::Open(options, clock_).status()));
  }
  free_ = uint64_t{1} << 40;
  std::ofstream((dir_ / "verdicts") + "/BROKEN") << "by the test";
  const auto tier = Open();
  EXPECT_TRUE(
      absl::IsFailedPrecondition(RocksTier::Open(options, clock_).status()));
  tier->Tend();
  EXPECT_FALSE(tier->off());
}

TEST_F(RocksTierTest, SaysThatAFolderCannotBeMade) {
  std::ofstream(dir_ / "file") << "x";
  RocksTier::Options options = OptionsHere();
  options.path = dir_ / "file/below/verdicts";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(RocksTier::Open(options, clock_).status()));
}

TEST_F(RocksTierTest, WithoutAStoreThatIsNotRequiredItIsOffAndTriesAgain) {
  RocksTier::Options options = OptionsHere();
  options.path = dir_ / "folder/verdicts";
  options.required = false;
  std::ofstream(dir_ / "folder") << "in its place";
  const auto tier = Open(options);
  ASSERT_NE(tier, nullptr);
  EXPECT_TRUE(tier->off());
  EXPECT_THAT(Reports(), Contains(HasSubstr("memory only")));
  EXPECT_FALSE(tier->Write({{"k", Of("1")}}).ok());
  EXPECT_FALSE(tier->Scan("", [](auto, auto&) { return true; }).ok());
  fs::remove(dir_ / "folder");
  tier->Tend();
  EXPECT_TRUE(tier->off()) << "too soon";
  Tend(*tier);
  EXPECT_FALSE(tier->off());
  EXPECT_TRUE(tier->Write({{"k", Of("1")}}).ok());
}

TEST_F(RocksTierTest, RocksDbKeepsNoLogOfItsOwn) {
  const auto tier = Open();
  FillAndCompact(*tier, 10, "v");
  EXPECT_FALSE(fs::exists((dir_ / "verdicts") + "/LOG"));
}

}  // namespace
}  // namespace vtlookup
