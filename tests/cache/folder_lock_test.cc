#include "cache/folder_lock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

TEST(FolderLock, IsHeldByOneAtATime) {
  const TempDir dir;
  {
    const auto lock = FolderLock::Take(dir.path());
    ASSERT_TRUE(lock.ok()) << lock.status();
    EXPECT_TRUE(
        absl::IsFailedPrecondition(FolderLock::Take(dir.path()).status()));
    const TempDir other;
    EXPECT_TRUE(FolderLock::Take(other.path()).ok());
  }
  EXPECT_TRUE(FolderLock::Take(dir.path()).ok());
}

TEST(FolderLock, NeedsAFolder) {
  const TempDir dir;
  EXPECT_TRUE(absl::IsUnavailable(FolderLock::Take(dir / "missing").status()));
}

// The child only calls the system, because other threads may run here.
TEST(FolderLock, EndsWithAProcessThatIsKilled) {
  const TempDir dir;
  std::array<int, 2> locked{};
  ASSERT_EQ(pipe(locked.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const int fd = open(dir.path().c_str(), O_RDONLY | O_DIRECTORY);
    if (flock(fd, LOCK_EX) != 0 || write(locked[1], "x", 1) != 1) _exit(1);
    while (true) pause();
  }
  char byte = 0;
  EXPECT_EQ(read(locked[0], &byte, 1), 1);
  EXPECT_TRUE(
      absl::IsFailedPrecondition(FolderLock::Take(dir.path()).status()));
  kill(child, SIGKILL);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(FolderLock::Take(dir.path()).ok());
  close(locked[0]);
  close(locked[1]);
}

}  // namespace
}  // namespace vtlookup
