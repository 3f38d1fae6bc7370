// Tests damaged databases: which damage is skipped, which is repaired, and when
// the database is moved aside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/rocks_tier.h"
#include "tests/cache/database_files.h"
#include "tests/cache/rocks_tier_fixture.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::HasSubstr;

namespace fs = std::filesystem;

TEST_F(RocksTierTest, NothingOfADatabaseCanBeReadSoItIsMovedAside) {
  const std::string path = dir_ / "verdicts";
  for (int i = 0; i < 3; ++i) {
    {
      const auto tier = Open();
      ASSERT_NE(tier, nullptr);
      tier->Tend();
      EXPECT_FALSE(tier->off());
      EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "k").status()));
      FillAndCompact(*tier, 100, "v");
    }
    for (const auto& file : fs::directory_iterator(path)) {
      if (file.is_regular_file()) std::ofstream(file.path()) << "nonsense";
    }
    clock_.Advance(absl::Seconds(10));
  }
  EXPECT_THAT(Reports(), Contains(HasSubstr("was moved to")));
  EXPECT_EQ(FilesAside(), 1) << "only the last one is kept";
}

TEST_F(RocksTierTest, ADamagedDatabaseIsCopiedByTendWhileTheTierIsOff) {
  const std::string path = dir_ / "verdicts";
  for (const char* broken :
       {"CURRENT nonsense", "CURRENT missing", "MANIFEST", "marked"}) {
    SCOPED_TRACE(broken);
    FillAndCompact(*Open(), 100, "v");
    if (std::string_view(broken) == "CURRENT nonsense") {
      std::ofstream(path + "/CURRENT") << "nonsense";
    } else if (std::string_view(broken) == "CURRENT missing") {
      fs::remove(path + "/CURRENT");
    } else if (std::string_view(broken) == "marked") {
      std::ofstream(path + "/BROKEN") << "by the test";
    } else {
      for (const auto& file : fs::directory_iterator(path)) {
        if (file.path().filename().string().rfind("MANIFEST", 0) == 0) {
          std::ofstream(file.path()) << "nonsense";
        }
      }
    }
    const auto tier = Open();
    ASSERT_NE(tier, nullptr);
    EXPECT_TRUE(tier->off());
    ASSERT_TRUE(tier->Write({{KeyOf(7), Of("newer")}}).ok());
    tier->Tend();
    EXPECT_FALSE(tier->off());
    EXPECT_EQ(Count(*tier, "v"), (std::pair<int, int>{99, 1}));
    EXPECT_EQ(*GetOne(*tier, KeyOf(7))->value, "newer");
    EXPECT_EQ(FilesAside(), 0);
    EXPECT_THAT(Reports(), Contains(HasSubstr("100 entries were copied")));
  }
}

TEST_F(RocksTierTest, AFlippedBitCostsABlock) {
  FillAndCompact(*Open(), 1000, "v");
  FlipAByte(LargestTable(dir_ / "verdicts"), 0.4);
  const auto tier = Open();
  const int readable = Count(*tier, "v").first;
  // A block has about 16 entries.
  EXPECT_GE(readable, 1000 - 40);
  EXPECT_LT(readable, 1000);
  EXPECT_EQ(tier->read_errors(), 1) << testing::PrintToString(Reports());
  EXPECT_THAT(Reports(), Contains(HasSubstr("are skipped")));
  Count(*tier, "v");
  EXPECT_THAT(Reports(), Contains(HasSubstr("are skipped")).Times(1));
}

TEST_F(RocksTierTest, EntriesThatCannotBeReadAreToldOnceAMinute) {
  FillAndCompact(*Open(), 1000, "v");
  FlipAByte(LargestTable(dir_ / "verdicts"), 0.4);
  const auto tier = Open();
  for (int i = 0; i < 1000; ++i) tier->Get({KeyOf(i)});
  EXPECT_GE(tier->read_errors(), 2) << "a block has several entries";
  EXPECT_THAT(Reports(),
              Contains(HasSubstr("an entry on disk cannot be read")).Times(1));
}

TEST_F(RocksTierTest, DamageThatACompactionMeetsIsMendedAndWritesGoOn) {
  FillAndCompact(*Open(), 1000, "v");
  FlipAByte(LargestTable(dir_ / "verdicts"), 0.5);
  const auto tier = Open();
  const int readable = Count(*tier, "v").first;
  tier->Compact();
  EXPECT_TRUE(tier->Write({{KeyOf(1), Of("newer")}}).ok());
  EXPECT_TRUE(tier->off());
  tier->Tend();
  EXPECT_FALSE(tier->off());
  EXPECT_EQ(Count(*tier, "v"), (std::pair<int, int>{readable - 1, 1}));
  EXPECT_THAT(Reports(), Contains(HasSubstr("entries were copied")));
  tier->Compact();
  EXPECT_TRUE(tier->Write({{KeyOf(2), Of("newer")}}).ok());
  EXPECT_FALSE(tier->off());
  EXPECT_FALSE(fs::exists(dir_ / "verdicts.old"));
  EXPECT_FALSE(fs::exists(dir_ / "verdicts.new"));
}

TEST_F(RocksTierTest, WhatWasReplacedDoesNotComeBackFromAnOlderTable) {
  FillAndCompact(*Open(), 1000, "old");
  const fs::path old = LargestTable(dir_ / "verdicts");
  {
    Noise noise;
    std::vector<Tier::Record> records;
    records.reserve(1000);
    for (int i = 0; i < 1000; ++i) {
      records.push_back({KeyOf(i), Of(absl::StrCat("new", noise.Next(1200)))});
    }
    ASSERT_TRUE(Open()->Write(records).ok());
  }
  Open();  // turns the write-ahead log into a table
  const fs::path newer = LargestTable(dir_ / "verdicts");
  ASSERT_NE(newer, old);
  FlipAByte(newer, 0.3);
  FlipAByte(newer, 0.6);
  std::ofstream((dir_ / "verdicts") + "/BROKEN") << "by the test";
  const auto tier = Open();
  tier->Tend();
  const auto [fresh, stale] = Count(*tier, "new");
  EXPECT_EQ(stale, 0);
  EXPECT_GE(fresh, 500);
  EXPECT_LT(fresh, 1000);
}

TEST_F(RocksTierTest, ReplacingIsFinishedAfterAKill) {
  FillAndCompact(*Open(), 10, "v");
  const std::string path = dir_ / "verdicts";
  fs::rename(path, path + ".new");
  fs::create_directories(path + ".old");
  EXPECT_EQ(Count(*Open(), "v").first, 10);
  EXPECT_FALSE(fs::exists(path + ".old"));
  fs::create_directories(path + ".new");
  EXPECT_EQ(Count(*Open(), "v").first, 10) << "a copy that was not whole";
  EXPECT_FALSE(fs::exists(path + ".new"));
}

TEST_F(RocksTierTest, WithoutRoomForACopyADamagedDatabaseIsMovedAside) {
  FillAndCompact(*Open(), 1000, "v");
  std::ofstream((dir_ / "verdicts") + "/BROKEN") << "by the test";
  const auto tier = Open();
  free_ = RocksTier::kMinFree + 1000;
  tier->Tend();
  EXPECT_FALSE(tier->off());
  EXPECT_EQ(Count(*tier, "v").first, 0);
  EXPECT_EQ(FilesAside(), 1);
}

TEST_F(RocksTierTest, AMendThatIsStoppedIsDoneByTheNextStart) {
  FillAndCompact(*Open(), 100, "v");
  std::ofstream((dir_ / "verdicts") + "/BROKEN") << "by the test";
  {
    const auto tier = Open();
    tier->StopTending();
    tier->Tend();
    EXPECT_TRUE(tier->off());
  }
  const auto tier = Open();
  tier->Tend();
  EXPECT_EQ(Count(*tier, "v").first, 100);
}

}  // namespace
}  // namespace vtlookup
