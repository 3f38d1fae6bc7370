#include "server/config/private_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

class PrivateFolderTest : public testing::Test {
 protected:
  PrivateFolderTest() { Open(dir_.path()); }

  static void Open(const std::string& path) {
    ASSERT_EQ(chmod(path.c_str(), 0755), 0);
  }
  std::string Folder(const std::string& name) const {
    std::filesystem::create_directory(dir_ / name);
    Open(dir_ / name);
    return dir_ / name;
  }
  std::string File(const std::string& name) const {
    std::ofstream(dir_ / name) << "x";
    Open(dir_ / name);
    return dir_ / name;
  }
  static unsigned ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 0777;
  }

  const TempDir dir_;
};

TEST_F(PrivateFolderTest, ClosesTheStoreAndItsFolder) {
  const std::string verdicts = Folder("verdicts");
  const std::string set_aside = Folder("verdicts.damaged-1");
  File("quota");
  CloseToOthers(dir_.path());
  EXPECT_EQ(ModeOf(verdicts), 0700);
  EXPECT_EQ(ModeOf(set_aside), 0700);
  EXPECT_EQ(ModeOf(dir_.path()), 0700);
}

TEST_F(PrivateFolderTest, AFolderThatOthersUseStaysOpen) {
  const std::string verdicts = Folder("verdicts");
  const std::string theirs = Folder("theirs");
  CloseToOthers(dir_.path());
  EXPECT_EQ(ModeOf(verdicts), 0700);
  EXPECT_EQ(ModeOf(theirs), 0755);
  EXPECT_EQ(ModeOf(dir_.path()), 0755);
}

TEST_F(PrivateFolderTest, FollowsNoLink) {
  const TempDir elsewhere;
  Open(elsewhere.path());
  ASSERT_EQ(symlink(elsewhere.path().c_str(), (dir_ / "verdicts").c_str()), 0);
  CloseToOthers(dir_.path());
  EXPECT_EQ(ModeOf(elsewhere.path()), 0755);
}

TEST_F(PrivateFolderTest, AFolderThatIsNotThereIsNotMade) {
  CloseToOthers(dir_ / "none");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "none"));
  EXPECT_EQ(ModeOf(dir_.path()), 0755);
}

}  // namespace
}  // namespace vtlookup
