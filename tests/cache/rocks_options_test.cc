#include "cache/rocks_options.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <cstdint>
#include <memory>
#include <string>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

constexpr uint64_t kMiB = 1U << 20;
constexpr uint64_t kGiB = 1U << 30;

// Computed by hand.
TEST(DiskShares, DivideAGibibyte) {
  const DiskShares shares = DiskShares::Of(kGiB);
  EXPECT_EQ(shares.write_buffer, 16 * kMiB);
  EXPECT_EQ(shares.logs, 32 * kMiB);
  EXPECT_EQ(shares.table, 8 * kMiB);
  EXPECT_EQ(shares.first_level, 32 * kMiB);
  EXPECT_EQ(shares.level0_tables, 8);
  EXPECT_EQ(shares.spill, 16 * kMiB);
  EXPECT_EQ(shares.check_every, 4 * kMiB);
  // 1024 - (8 * 16 + 32 + 1024 / 8) of a compaction - 3 * 16 - 16
  EXPECT_EQ(shares.kept, 672 * kMiB);
}

// While tables and logs are within `kept`, a compaction that writes all of its
// output before it deletes its input must find room.
TEST(DiskShares, LeaveRoomForACompactionAtEveryLimit) {
  for (uint64_t limit = 64 * kMiB; limit <= 4096 * kGiB; limit += limit / 3) {
    SCOPED_TRACE(limit);
    const DiskShares shares = DiskShares::Of(limit);
    const uint64_t level0 =
        static_cast<uint64_t>(shares.level0_tables) * shares.write_buffer;
    EXPECT_LE(shares.kept + level0 + shares.first_level + shares.spill, limit);
    EXPECT_LE(shares.kept + 2 * shares.table + shares.spill, limit);
    EXPECT_GE(shares.kept, limit / 2);
    // Whole tables are dropped, so each is a small part.
    EXPECT_LE(shares.table, limit / 64);
    EXPECT_LE(shares.check_every, shares.kept / 8);
  }
}

TEST(DiskShares, ShareTinyLimits) {
  for (const uint64_t limit : {kMiB, 4 * kMiB, 16 * kMiB}) {
    SCOPED_TRACE(limit);
    const DiskShares shares = DiskShares::Of(limit);
    EXPECT_GE(shares.kept, limit / 2);
    EXPECT_LE(shares.kept, limit);
    EXPECT_GT(shares.write_buffer, 0);
    EXPECT_GT(shares.spill, 0);
    EXPECT_GT(shares.check_every, 0);
  }
}

TEST(DiskShares, GrowWithTheLimitUpToThoseWithoutOne) {
  const DiskShares unlimited = DiskShares::Of(0);
  EXPECT_EQ(unlimited.kept, 0) << "nothing is dropped";
  DiskShares before = DiskShares::Of(kMiB);
  for (uint64_t limit = 2 * kMiB; limit <= 4096 * kGiB; limit *= 2) {
    SCOPED_TRACE(limit);
    const DiskShares shares = DiskShares::Of(limit);
    EXPECT_GE(shares.write_buffer, before.write_buffer);
    EXPECT_GE(shares.table, before.table);
    EXPECT_GE(shares.first_level, before.first_level);
    EXPECT_GE(shares.spill, before.spill);
    EXPECT_GT(shares.kept, before.kept);
    EXPECT_LE(shares.write_buffer, unlimited.write_buffer);
    EXPECT_LE(shares.table, unlimited.table);
    EXPECT_LE(shares.first_level, unlimited.first_level);
    EXPECT_LE(shares.spill, unlimited.spill);
    EXPECT_LE(shares.level0_tables, unlimited.level0_tables);
    before = shares;
  }
}

TEST(RocksOptions, RocksDbAcceptsThemForEveryLimit) {
  for (const uint64_t limit :
       {uint64_t{0}, kMiB, 64 * kMiB, kGiB, 4096 * kGiB}) {
    SCOPED_TRACE(limit);
    const TempDir dir;
    const rocksdb::Options options = MakeRocksOptions(limit, nullptr);
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::Open(options, dir / "db", &opened);
    const std::unique_ptr<rocksdb::DB> db(opened);
    ASSERT_TRUE(status.ok()) << status.ToString();
    // RocksDB corrects options that contradict each other.
    const rocksdb::Options used = db->GetOptions();
    EXPECT_EQ(used.write_buffer_size, DiskShares::Of(limit).write_buffer);
    EXPECT_EQ(used.level0_stop_writes_trigger,
              DiskShares::Of(limit).level0_tables);
    EXPECT_EQ(used.level0_slowdown_writes_trigger,
              options.level0_slowdown_writes_trigger);
    EXPECT_LT(used.level0_slowdown_writes_trigger,
              used.level0_stop_writes_trigger);
  }
}

TEST(RocksOptions, NothingIsWrittenByATimer) {
  const rocksdb::Options options = MakeRocksOptions(kGiB, nullptr);
  EXPECT_EQ(options.stats_dump_period_sec, 0);
  EXPECT_EQ(options.stats_persist_period_sec, 0);
  EXPECT_EQ(options.max_bgerror_resume_count, 0);
}

}  // namespace
}  // namespace vtlookup
