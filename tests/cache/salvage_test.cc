#include "cache/salvage.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "cache/rocks_options.h"
#include "tests/cache/database_files.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;
using Records = std::map<std::string, std::string>;

class SalvageTest : public testing::Test {
 protected:
  void Make(const Records& records) {
    WriteAndCompact(*OpenDatabase(path_), records);
  }
  absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenHere() {
    return OpenDamaged(path_, options_.rocks);
  }
  static Records All(rocksdb::DB& db) {
    Records records;
    const std::unique_ptr<rocksdb::Iterator> at(
        db.NewIterator(rocksdb::ReadOptions()));
    for (at->SeekToFirst(); at->Valid(); at->Next()) {
      records[at->key().ToString()] = at->value().ToString();
    }
    EXPECT_TRUE(at->status().ok()) << at->status().ToString();
    return records;
  }
  // The database is as OpenDamaged found it.
  void ExpectReadable(const Records& records) {
    const auto db = OpenHere();
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_TRUE(All(**db) == records);
  }

  TempDir dir_;
  const std::string path_ = dir_ / "db";
  const std::string copy_ = dir_ / "db.new";
  SalvageOptions options_{.rocks = MakeRocksOptions(0, nullptr)};
};

TEST_F(SalvageTest, OpensWhatRocksDbCannotOpenByItself) {
  const Records records = SomeRecords(50);
  Make(records);
  ExpectReadable(records);
  SpoilFiles(path_, "CURRENT");
  ExpectReadable(records);
  fs::remove(path_ + "/CURRENT");
  ExpectReadable(records);
  SpoilFiles(path_, "MANIFEST-");
  ExpectReadable(records);
}

TEST_F(SalvageTest, ADatabaseWhoseTableIsLostIsNotOpened) {
  Make(SomeRecords(50));
  SpoilFiles(path_, "MANIFEST-");
  std::ofstream(LargestTable(path_)) << "nonsense";
  EXPECT_TRUE(absl::IsDataLoss(OpenHere().status())) << OpenHere().status();
}

TEST_F(SalvageTest, CopiesWhatCanBeDecodedAndCountsTheRest) {
  Records records = SomeRecords(20);
  Records with_nonsense = records;
  with_nonsense["short"] = "";
  with_nonsense["u00003.nonsense"] = "not an entry at all, though long enough";
  with_nonsense["wrong checksum"] = records.at("u00003");
  with_nonsense["wrong checksum"].back() ^= 1;
  const auto from = OpenDatabase(path_);
  WriteAndCompact(*from, with_nonsense);
  WriteAndCompact(*OpenDatabase(copy_), {{"left over", "from before"}});
  const auto salvaged = Salvage(*from, copy_, options_);
  ASSERT_TRUE(salvaged.ok()) << salvaged.status();
  EXPECT_EQ(salvaged->records, 20);
  EXPECT_EQ(salvaged->unreadable, 3);
  EXPECT_TRUE(All(*OpenDatabase(copy_)) == records);
  EXPECT_EQ(All(*from).size(), 23) << "it is still open";
}

TEST_F(SalvageTest, CountsADamagedBlockAsOnePlace) {
  const Records records = SomeRecords(1000);
  Make(records);
  FlipAByte(LargestTable(path_), 0.5);
  const auto from = OpenHere();
  ASSERT_TRUE(from.ok()) << from.status();
  const auto salvaged = Salvage(**from, copy_, options_);
  ASSERT_TRUE(salvaged.ok()) << salvaged.status();
  EXPECT_EQ(salvaged->unreadable, 1);
  const Records copied = All(*OpenDatabase(copy_));
  EXPECT_EQ(copied.size(), salvaged->records);
  EXPECT_GE(copied.size(), 980);
  for (const auto& [key, value] : copied) {
    EXPECT_TRUE(records.at(key) == value) << key;
  }
}

TEST_F(SalvageTest, ACopyThatIsStoppedOrHasNoRoomIsRemoved) {
  const auto from = OpenDatabase(path_);
  WriteAndCompact(*from, SomeRecords(2500));  // several chunks of 1 MiB
  std::atomic<bool> stop{false};
  int chunks = 0;
  options_.stop = &stop;
  options_.has_room = [&] {
    stop = ++chunks == 2;
    return true;
  };
  EXPECT_TRUE(absl::IsCancelled(Salvage(*from, copy_, options_).status()));
  EXPECT_EQ(chunks, 2);
  EXPECT_FALSE(fs::exists(copy_));
  stop = false;
  options_.has_room = [&] { return --chunks > 0; };
  EXPECT_TRUE(
      absl::IsResourceExhausted(Salvage(*from, copy_, options_).status()));
  EXPECT_FALSE(fs::exists(copy_));
}

TEST_F(SalvageTest, SaysThatTheCopyCannotBeMade) {
  const auto from = OpenDatabase(path_);
  std::ofstream(dir_ / "file") << "x";
  EXPECT_TRUE(
      absl::IsInternal(Salvage(*from, dir_ / "file/below", options_).status()));
}

TEST_F(SalvageTest, MovesADatabaseAsideUnderTheTime) {
  const absl::Time now = absl::FromUnixSeconds(1795503600);
  Make(SomeRecords(1));
  fs::create_directory(dir_ / "db.corrupt-20250101T000000Z");
  fs::create_directory(dir_ / "other.corrupt-20250101T000000Z");
  const auto aside = MoveAside(path_, now);
  ASSERT_TRUE(aside.ok()) << aside.status();
  EXPECT_EQ(*aside, path_ + ".corrupt-20261124T070000Z");
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_EQ(All(*OpenDatabase(*aside)).size(), 1);
  EXPECT_FALSE(fs::exists(dir_ / "db.corrupt-20250101T000000Z"));
  EXPECT_TRUE(fs::exists(dir_ / "other.corrupt-20250101T000000Z"));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(MoveAside(dir_ / "missing", now).status()));
}

}  // namespace
}  // namespace vtlookup
