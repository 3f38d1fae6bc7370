#include "cache/skip_scan.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "cache/rocks_options.h"
#include "cache/salvage.h"
#include "tests/cache/database_files.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using Records = std::map<std::string, std::string>;

class SkipScanTest : public testing::Test {
 protected:
  // Makes a database of one table.
  void Make(const Records& records) {
    WriteAndCompact(*OpenDatabase(path_), records);
  }
  // Flips a byte of the table, and expects a scan in parts of `bytes` to find
  // all records but those of one block.
  void ExpectOneBlockLost(double where, size_t bytes) {
    const Records all = SomeRecords(1000);
    Make(all);
    FlipAByte(LargestTable(path_), where);
    const auto db = OpenDatabase(path_);
    Records read;
    uint64_t gaps = 0;
    Chunk chunk;
    while (!chunk.end) {
      const std::string from = chunk.next;
      chunk = Chunk();
      ASSERT_TRUE(ReadChunk(*db, from, bytes, &chunk).ok());
      if (chunk.gaps > 0) {
        EXPECT_TRUE(absl::IsDataLoss(chunk.first_gap)) << chunk.first_gap;
      }
      gaps += chunk.gaps;
      for (const auto& [key, value] : chunk.records) {
        EXPECT_TRUE(read.emplace(key, value).second) << key << " again";
        EXPECT_TRUE(all.at(key) == value) << key;
      }
    }
    EXPECT_EQ(gaps, 1);
    // A block of 16 KiB has about 16 of these records.
    EXPECT_LT(read.size(), 1000);
    EXPECT_GE(read.size(), 1000 - 20);
  }

  TempDir dir_;
  const std::string path_ = dir_ / "db";
};

TEST_F(SkipScanTest, AnEmptyDatabaseEndsAtOnce) {
  Chunk chunk;
  EXPECT_TRUE(ReadChunk(*OpenDatabase(path_), "", 100, &chunk).ok());
  EXPECT_TRUE(chunk.end);
  EXPECT_TRUE(chunk.records.empty());
  EXPECT_EQ(chunk.gaps, 0);
}

TEST_F(SkipScanTest, ReadsInPartsFromAnyKeyOn) {
  Records records;
  for (const char* key : {"a", "b", "c", "d", "e"}) {
    records[key] = std::string(99, 'v');
  }
  Make(records);
  const auto db = OpenDatabase(path_);
  Chunk first;
  ASSERT_TRUE(ReadChunk(*db, "aa", 200, &first).ok());
  ASSERT_EQ(first.records.size(), 2) << "of 100 bytes each";
  EXPECT_EQ(first.records[0].first, "b");
  EXPECT_EQ(first.records[1].second, records.at("c"));
  EXPECT_FALSE(first.end);
  Chunk second;
  ASSERT_TRUE(ReadChunk(*db, first.next, 1000, &second).ok());
  ASSERT_EQ(second.records.size(), 2);
  EXPECT_EQ(second.records[0].first, "d");
  EXPECT_TRUE(second.end);
}

TEST_F(SkipScanTest, ReadsOnBehindADamagedBlock) {
  ExpectOneBlockLost(/*where=*/0.4, /*bytes=*/size_t{1} << 20);
}

TEST_F(SkipScanTest, ReadsOnBehindADamagedFirstBlock) {
  ExpectOneBlockLost(/*where=*/0.001, /*bytes=*/5000);
}

TEST_F(SkipScanTest, DamageOfTheLastBlockEndsTheScan) {
  const Records all = SomeRecords(100);
  Make(all);
  FlipAByte(LargestTable(path_), 0.8);
  const auto db = OpenDatabase(path_);
  Chunk chunk;
  ASSERT_TRUE(ReadChunk(*db, "", size_t{1} << 20, &chunk).ok());
  EXPECT_TRUE(chunk.end);
  EXPECT_EQ(chunk.gaps, 1);
  EXPECT_GE(chunk.records.size(), 80);
  EXPECT_LT(chunk.records.size(), 100);
  for (const auto& [key, value] : chunk.records) {
    EXPECT_TRUE(all.at(key) == value) << key;
  }
}

// Behind the records lies the dictionary, without which none can be read.
TEST_F(SkipScanTest, ATableThatCannotBeOpenedIsOneGap) {
  Make(SomeRecords(100));
  FlipAByte(LargestTable(path_), 0.9);
  const auto db = OpenDamaged(path_, MakeRocksOptions(0, nullptr));
  ASSERT_TRUE(db.ok()) << db.status();
  Chunk chunk;
  ASSERT_TRUE(ReadChunk(**db, "", size_t{1} << 20, &chunk).ok());
  EXPECT_TRUE(chunk.end);
  EXPECT_EQ(chunk.gaps, 1);
  EXPECT_TRUE(chunk.records.empty());
}

TEST_F(SkipScanTest, AnOlderValueInADamagedBlocksRangeIsNotRead) {
  Records records = SomeRecords(100);
  Make(records);
  for (auto& [key, value] : records) value.back() ^= 1;
  {
    // The newer values are in a table of their own.
    const auto db = OpenDatabase(path_);
    for (const auto& [key, value] : records) {
      ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), key, value).ok());
    }
    const std::filesystem::path older = LargestTable(path_);
    ASSERT_TRUE(db->Flush(rocksdb::FlushOptions()).ok());
    for (const auto& file : std::filesystem::directory_iterator(path_)) {
      if (file.path().extension() != ".sst" || file.path() == older) continue;
      FlipAByte(file.path(), 0.5);
    }
  }
  const auto db = OpenDatabase(path_);
  Chunk chunk;
  ASSERT_TRUE(ReadChunk(*db, "", size_t{1} << 20, &chunk).ok());
  EXPECT_GE(chunk.gaps, 1);
  EXPECT_GE(chunk.records.size(), 50);
  for (const auto& [key, value] : chunk.records) {
    EXPECT_TRUE(records.at(key) == value) << key << " is older";
  }
}

}  // namespace
}  // namespace vtlookup
