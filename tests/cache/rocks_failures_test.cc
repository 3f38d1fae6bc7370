#include "cache/rocks_failures.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string>

#include "cache/rocks_options.h"
#include "tests/cache/database_files.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

rocksdb::Status TryOpen(const std::string& path) {
  rocksdb::DB* db = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(MakeRocksOptions(0, nullptr), path, &db);
  delete db;
  return status;
}

TEST(RocksFailures, KnowsALockOfThisProcess) {
  const TempDir dir;
  const auto db = OpenDatabase(dir / "db");
  const rocksdb::Status status = TryOpen(dir / "db");
  EXPECT_TRUE(IsLockHeld(status)) << status.ToString();
  EXPECT_FALSE(IsUnreadable(status));
}

// RocksDB locks the file LOCK with fcntl. The child only calls the system,
// because other threads may run here.
TEST(RocksFailures, KnowsALockOfAnotherProcess) {
  const TempDir dir;
  OpenDatabase(dir / "db");
  const std::string file = (dir / "db") + "/LOCK";
  std::array<int, 2> locked{};
  ASSERT_EQ(pipe(locked.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const int fd = open(file.c_str(), O_RDWR);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (fcntl(fd, F_SETLK, &whole) != 0 || write(locked[1], "x", 1) != 1) {
      _exit(1);
    }
    while (true) pause();
  }
  char byte = 0;
  EXPECT_EQ(read(locked[0], &byte, 1), 1);
  const rocksdb::Status status = TryOpen(dir / "db");
  EXPECT_TRUE(IsLockHeld(status)) << status.ToString();
  kill(child, SIGKILL);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(IsLockHeld(TryOpen(dir / "db")));
  close(locked[0]);
  close(locked[1]);
}

TEST(RocksFailures, OtherFailuresOfTheDiskAreNoLock) {
  EXPECT_FALSE(IsLockHeld(rocksdb::Status::OK()));
  EXPECT_FALSE(IsLockHeld(rocksdb::Status::IOError("cannot read a block")));
  EXPECT_FALSE(IsLockHeld(rocksdb::Status::Corruption("While lock file")));
}

TEST(RocksFailures, DamagedFilesAreUnreadable) {
  const TempDir dir;
  for (const char* broken : {"CURRENT", "MANIFEST-"}) {
    const std::string path = dir / broken;
    WriteAndCompact(*OpenDatabase(path), SomeRecords(3));
    SpoilFiles(path, broken);
    const rocksdb::Status status = TryOpen(path);
    EXPECT_TRUE(IsUnreadable(status)) << status.ToString();
    EXPECT_FALSE(IsLockHeld(status));
  }
}

TEST(RocksFailures, FailuresOfTheDiskAreNotTheFilesFault) {
  EXPECT_FALSE(IsUnreadable(rocksdb::Status::OK()));
  EXPECT_FALSE(IsUnreadable(rocksdb::Status::IOError("cannot read")));
  EXPECT_FALSE(IsUnreadable(rocksdb::Status::NoSpace()));
  EXPECT_FALSE(IsUnreadable(rocksdb::Status::Busy()));
  EXPECT_TRUE(IsUnreadable(rocksdb::Status::NotSupported("a newer format")));
}

TEST(RocksFailures, AListenerSetsTheFlagsOfWhatFailed) {
  std::atomic<bool> failed{false};
  std::atomic<bool> damaged{false};
  FailureListener listener(&failed, &damaged);
  const auto reason = rocksdb::BackgroundErrorReason::kFlush;
  rocksdb::Status full = rocksdb::Status::NoSpace();
  listener.OnBackgroundError(reason, &full);
  EXPECT_TRUE(failed);
  EXPECT_FALSE(damaged);
  EXPECT_TRUE(full.IsNoSpace()) << "RocksDB must see the failure, too";
  failed = false;
  rocksdb::Status corruption = rocksdb::Status::Corruption("a block");
  listener.OnBackgroundError(reason, &corruption);
  EXPECT_TRUE(failed);
  EXPECT_TRUE(damaged);
}

TEST(RocksFailures, AListenerKeepsRocksDbFromTryingAgain) {
  std::atomic<bool> failed{false};
  std::atomic<bool> damaged{false};
  FailureListener listener(&failed, &damaged);
  bool recover = true;
  listener.OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason::kFlush,
                                rocksdb::Status::NoSpace(), &recover);
  EXPECT_FALSE(recover);
}

}  // namespace
}  // namespace vtlookup
