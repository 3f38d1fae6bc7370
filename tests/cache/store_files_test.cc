#include "cache/store_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

class StoreFilesTest : public testing::Test {
 protected:
  // A folder `name` beside the database, with a file that tells it from others.
  void MakeFolder(const std::string& name) {
    fs::create_directory(dir_ / name);
    std::ofstream(dir_ / (name + "/origin")) << name;
  }
  // Returns the name under which the folder that is now `name` was made.
  std::string Origin(const std::string& name) {
    std::string origin;
    std::ifstream(dir_ / (name + "/origin")) >> origin;
    return origin.empty() ? "none" : origin;
  }

  TempDir dir_;
  const std::string path_ = dir_ / "db";
};

TEST_F(StoreFilesTest, KnowsWhetherAFileOrFolderExists) {
  EXPECT_FALSE(Exists(path_));
  MakeFolder("db");
  EXPECT_TRUE(Exists(path_));
  EXPECT_TRUE(Exists(path_ + "/origin"));
  EXPECT_FALSE(Exists(path_ + "/origin/below a file"));
}

TEST_F(StoreFilesTest, SumsTheSizesOfFilesWithAnExtension) {
  EXPECT_EQ(SizeOfFiles(path_, ""), 0) << "no such folder";
  fs::create_directory(path_);
  std::ofstream(path_ + "/1.log") << "123";
  std::ofstream(path_ + "/2.log") << "45";
  std::ofstream(path_ + "/3.sst") << "6789";
  std::ofstream(path_ + "/log") << "without an extension";
  fs::create_directory(path_ + "/folder.log");
  EXPECT_EQ(SizeOfFiles(path_, ".log"), 5);
  EXPECT_EQ(SizeOfFiles(path_, ".sst"), 4);
  EXPECT_EQ(SizeOfFiles(path_, ""), 9 + 20);
}

TEST_F(StoreFilesTest, TablesWithoutCurrentAreADatabaseThatLostIt) {
  EXPECT_FALSE(LostItsCurrent(path_)) << "no database yet";
  fs::create_directory(path_);
  std::ofstream(path_ + "/000001.log") << "x";
  EXPECT_FALSE(LostItsCurrent(path_)) << "no table";
  std::ofstream(path_ + "/000002.sst") << "x";
  EXPECT_TRUE(LostItsCurrent(path_));
  std::ofstream(path_ + "/CURRENT") << "x";
  EXPECT_FALSE(LostItsCurrent(path_));
}

TEST_F(StoreFilesTest, AMarkStaysInTheFolder) {
  MarkBroken(path_, "without a folder");
  EXPECT_FALSE(IsMarkedBroken(path_));
  MakeFolder("db");
  EXPECT_FALSE(IsMarkedBroken(path_));
  MarkBroken(path_, "a reason");
  EXPECT_TRUE(IsMarkedBroken(path_));
  std::string why;
  std::getline(std::ifstream(path_ + "/BROKEN"), why);
  EXPECT_EQ(why, "a reason");
}

TEST_F(StoreFilesTest, TheNewDatabaseTakesThePlaceOfTheDamagedOne) {
  MakeFolder("db");
  MakeFolder("db.new");
  MarkBroken(path_, "damaged");
  ASSERT_TRUE(ReplaceByNew(path_).ok());
  EXPECT_EQ(Origin("db"), "db.new");
  EXPECT_FALSE(IsMarkedBroken(path_));
  EXPECT_FALSE(Exists(path_ + kNewSuffix));
  EXPECT_FALSE(Exists(path_ + kOldSuffix));
}

TEST_F(StoreFilesTest, WhereTheDamagedOneCannotBeRenamedNothingChanges) {
  MakeFolder("db");
  MakeFolder("db.new");
  MakeFolder("db.old");  // a folder with files cannot be replaced by a rename
  EXPECT_TRUE(absl::IsInternal(ReplaceByNew(path_)));
  EXPECT_EQ(Origin("db"), "db");
  EXPECT_EQ(Origin("db.new"), "db.new");
}

// The places at which a kill can interrupt ReplaceByNew, and the copy before.
TEST_F(StoreFilesTest, FinishesWhatAKillInterrupted) {
  MakeFolder("db");
  MakeFolder("db.new");
  FinishReplacing(path_);
  EXPECT_EQ(Origin("db"), "db") << "the copy may be incomplete";
  EXPECT_FALSE(Exists(path_ + kNewSuffix));

  fs::rename(path_, path_ + kOldSuffix);
  MakeFolder("db.new");
  FinishReplacing(path_);
  EXPECT_EQ(Origin("db"), "db.new") << "the copy is complete";
  EXPECT_FALSE(Exists(path_ + kNewSuffix));
  EXPECT_FALSE(Exists(path_ + kOldSuffix));

  MakeFolder("db.old");
  FinishReplacing(path_);
  EXPECT_EQ(Origin("db"), "db.new") << "it was in its place already";
  EXPECT_FALSE(Exists(path_ + kOldSuffix));
}

}  // namespace
}  // namespace vtlookup
