#include "cache/rocks_tier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/mutex.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::HasSubstr;

namespace fs = std::filesystem;

// A disk with so many bytes of room. Of what does not fit a part is written, as
// a real disk does it.
class SmallDisk final : public rocksdb::FileSystemWrapper {
 public:
  static constexpr int64_t kPlenty = int64_t{1} << 60;

  SmallDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "SmallDisk"; }

  rocksdb::IOStatus NewWritableFile(
      const std::string& name, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status =
        target()->NewWritableFile(name, options, result, debug);
    if (status.ok()) *result = std::make_unique<File>(std::move(*result), this);
    return status;
  }

  std::atomic<int64_t> room{kPlenty};

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, SmallDisk* disk)
        : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}
    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      const auto size = static_cast<int64_t>(data.size());
      const int64_t left = disk_->room.fetch_sub(size);
      if (left >= size) {
        return FSWritableFileOwnerWrapper::Append(data, options, debug);
      }
      disk_->room = 0;
      if (left > 0) {
        FSWritableFileOwnerWrapper::Append(
            {data.data(), static_cast<size_t>(left)}, options, debug)
            .PermitUncheckedError();
      }
      return rocksdb::IOStatus::NoSpace("the test says so");
    }

   private:
    SmallDisk* const disk_;
  };
};

// Text that does not compress.
class Noise {
 public:
  std::string Next(size_t size) {
    std::string text(size, '\0');
    for (char& c : text) {
      state_ = state_ * 1664525 + 1013904223;
      c = static_cast<char>(state_ >> 24);
    }
    return text;
  }

 private:
  uint32_t state_ = 1;
};

std::string KeyOf(int i) { return absl::StrFormat("u%05d", i); }

fs::path LargestTable(const std::string& folder) {
  fs::path largest;
  uintmax_t size = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".sst" || file.file_size() <= size) continue;
    size = file.file_size();
    largest = file.path();
  }
  return largest;
}

void FlipAByte(const fs::path& path, double where) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(
      where * static_cast<double>(fs::file_size(path)));
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 0x10));
}

uint64_t SizeOfAll(const std::string& folder) {
  uint64_t sum = 0;
  std::error_code error;
  for (const auto& file : fs::recursive_directory_iterator(folder, error)) {
    // A file that goes meanwhile counts nothing.
    const uint64_t size =
        file.is_regular_file(error) ? file.file_size(error) : 0;
    if (!error) sum += size;
  }
  return sum;
}

absl::StatusOr<Entry> GetOne(Tier& tier, const std::string& key) {
  return tier.Get({key}).front();
}

class RocksTierTest : public testing::Test {
 protected:
  RocksTier::Options OptionsHere() {
    return {.path = dir_ / "verdicts",
            .max_bytes = 0,
            .required = true,
            .env = nullptr,
            .free_bytes = [this](const std::string&) { return free_; },
            .report =
                [this](std::string_view what) {
                  MutexLock lock(mu_);
                  reports_.emplace_back(what);
                }};
  }
  std::vector<std::string> Reports() {
    MutexLock lock(mu_);
    return reports_;
  }
  std::unique_ptr<RocksTier> Open() { return Open(OptionsHere()); }
  std::unique_ptr<RocksTier> Open(RocksTier::Options options) {
    auto tier = RocksTier::Open(std::move(options), clock_);
    EXPECT_TRUE(tier.ok()) << tier.status();
    return tier.ok() ? *std::move(tier) : nullptr;
  }
  // `count` entries of about 1 kB, on disk in one sorted table of the last
  // level.
  void FillAndCompact(RocksTier& tier, int count, std::string_view value) {
    Noise noise;
    std::vector<Tier::Record> records;
    for (int i = 0; i < count; ++i) {
      records.push_back(
          {KeyOf(i), Of(absl::StrCat(std::string(value), noise.Next(1000)))});
    }
    ASSERT_TRUE(tier.Write(records).ok());
    tier.Compact();
  }
  // What a scan finds whose value begins with `value`, or with something else.
  std::pair<int, int> Count(RocksTier& tier, std::string_view value) {
    std::pair<int, int> counts;
    EXPECT_TRUE(tier.Scan("",
                          [&](std::string_view, const Entry& entry) {
                            const bool fits = entry.value->rfind(value, 0) == 0;
                            ++(fits ? counts.first : counts.second);
                            return true;
                          })
                    .ok());
    return counts;
  }
  void Tend(RocksTier& tier) {
    clock_.Advance(RocksTier::kRetryAfter);
    tier.Tend();
  }
  int FilesAside() {
    int count = 0;
    for (const auto& file : fs::directory_iterator(dir_.path())) {
      count += file.path().string().find(".corrupt-") != std::string::npos;
    }
    return count;
  }
  Entry Of(std::string value, absl::Duration usable = absl::Hours(1)) {
    return {std::make_shared<const std::string>(std::move(value)), clock_.Now(),
            clock_.Now() + usable, clock_.Now() + usable};
  }

  TempDir dir_;
  FakeClock clock_;
  uint64_t free_ = uint64_t{1} << 40;
  Mutex mu_;
  std::vector<std::string> reports_ ABSL_GUARDED_BY(mu_);
};

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
  EXPECT_THAT(Reports(), Contains(HasSubstr("passed over")));
  Count(*tier, "v");
  EXPECT_THAT(Reports(), Contains(HasSubstr("passed over")).Times(1));
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
    for (int i = 0; i < 1000; ++i) {
      records.push_back({KeyOf(i), Of(absl::StrCat("new", noise.Next(1200)))});
    }
    ASSERT_TRUE(Open()->Write(records).ok());
  }
  Open();  // makes a table of the write-ahead log
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

TEST_F(RocksTierTest, WithoutRoomItIsOffBeforeAWriteFails) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"before", Of("1")}}).ok());
  free_ = RocksTier::kMinFree - 1;
  EXPECT_TRUE(tier->Write({{"during", Of("2")}}).ok()) << "into the spill";
  EXPECT_TRUE(tier->off());
  EXPECT_THAT(Reports(), Contains(HasSubstr("memory only")));
  free_ = RocksTier::kMinFree;
  clock_.Advance(RocksTier::kRetryAfter);
  EXPECT_TRUE(tier->Write({{"after", Of("3")}}).ok());
  EXPECT_EQ(*GetOne(*tier, "before")->value, "1");
  EXPECT_EQ(*GetOne(*tier, "during")->value, "2");
  EXPECT_THAT(Reports(), Contains(HasSubstr("is on")));
}

TEST_F(RocksTierTest, WhatIsWrittenOnAFullDiskIsThereAfterARestart) {
  {
    const auto tier = Open();
    ASSERT_TRUE(tier->Write({{"a", Of("1")}, {"b", Of("1")}}).ok());
    free_ = 0;
    ASSERT_TRUE(tier->Write({{"a", Of("2")}, {"c", Of("2")}}).ok());
    ASSERT_TRUE(tier->Write({{"a", Of("3")}}).ok());
  }
  {
    const auto tier = Open();
    ASSERT_TRUE(tier->off());
    ASSERT_TRUE(tier->Write({{"c", Of("3")}}).ok()) << "behind what is there";
  }
  free_ = uint64_t{1} << 40;
  const auto tier = Open();
  EXPECT_EQ(*GetOne(*tier, "a")->value, "3");
  EXPECT_EQ(*GetOne(*tier, "b")->value, "1");
  EXPECT_EQ(*GetOne(*tier, "c")->value, "3");
  ASSERT_TRUE(tier->Write({{"a", Of("4")}}).ok());
  free_ = 0;
  ASSERT_TRUE(tier->Write({{"d", Of("4")}}).ok());
  free_ = uint64_t{1} << 40;
  Tend(*tier);
  EXPECT_EQ(*GetOne(*tier, "a")->value, "4") << "written once only";
  EXPECT_EQ(*GetOne(*tier, "d")->value, "4");
}

TEST_F(RocksTierTest, MoreThanTheSpillHoldsIsNotTaken) {
  RocksTier::Options options = OptionsHere();
  options.max_bytes = 64U << 20;  // a spill of 2 MiB
  const auto tier = Open(options);
  free_ = 0;
  Noise noise;
  int taken = 0;
  while (taken < 100 &&
         tier->Write({{KeyOf(taken), Of(noise.Next(100'000))}}).ok()) {
    ++taken;
  }
  EXPECT_EQ(taken, 20);
  free_ = uint64_t{1} << 40;
  Tend(*tier);
  EXPECT_TRUE(GetOne(*tier, KeyOf(19)).ok());
  EXPECT_FALSE(GetOne(*tier, KeyOf(20)).ok());
}

TEST_F(RocksTierTest, OnAFullDiskItStartsOffAndOpensLater) {
  ASSERT_TRUE(Open()->Write({{"k", Of("v")}}).ok());
  free_ = 0;
  const auto tier = Open();
  ASSERT_NE(tier, nullptr);
  Entry entry;
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "k").status()));
  EXPECT_EQ(tier->Peek("k", &entry), Tier::Peeked::kAbsent);
  EXPECT_TRUE(tier->Write({{"x", Of("1")}}).ok());
  free_ = uint64_t{1} << 40;
  clock_.Advance(RocksTier::kRetryAfter);
  EXPECT_TRUE(tier->Write({{"x", Of("2")}}).ok());
  EXPECT_EQ(*GetOne(*tier, "k")->value, "v");
}

TEST_F(RocksTierTest, AFullDiskTurnsItOffAndSpaceTurnsItOn) {
  const auto disk = std::make_shared<SmallDisk>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
  RocksTier::Options options = OptionsHere();
  options.env = env.get();
  const auto tier = Open(options);
  ASSERT_TRUE(tier->Write({{"before", Of("1")}}).ok());

  disk->room = 0;
  EXPECT_TRUE(tier->Write({{"during", Of("2")}}).ok()) << "into the spill";
  EXPECT_TRUE(tier->off());
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "before").status()));
  EXPECT_THAT(Reports(), Contains(HasSubstr("memory only")));

  disk->room = SmallDisk::kPlenty;
  tier->Tend();
  EXPECT_TRUE(tier->off()) << "too soon";
  Tend(*tier);
  EXPECT_FALSE(tier->off());
  EXPECT_TRUE(tier->Write({{"after", Of("4")}}).ok());
  EXPECT_EQ(*GetOne(*tier, "after")->value, "4");
  EXPECT_EQ(*GetOne(*tier, "during")->value, "2");
  EXPECT_EQ(*GetOne(*tier, "before")->value, "1");
}

// Debian's RocksDB has its assertions on: whatever it writes when the room
// ends, and whatever it tries afterwards, must not end the process.
TEST_F(RocksTierTest, ADiskThatFillsAtAnyByteEndsNothingAndLosesNothing) {
  for (int step = 0; step < 16; ++step) {
    SCOPED_TRACE(step);
    const TempDir dir;
    const auto disk = std::make_shared<SmallDisk>();
    const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
    RocksTier::Options options = OptionsHere();
    options.path = dir / "verdicts";
    options.max_bytes = 8U << 20;  // memtables of 256 KiB
    options.env = env.get();
    // The first ones end in what is written at the start.
    disk->room = step < 8 ? 100 + step * 1500 : step * 81'017;
    Noise noise;
    std::map<std::string, std::string> written;
    auto tier = Open(options);
    const auto write = [&](int count) {
      for (int i = 0; i < count; ++i) {
        const std::string key = KeyOf(i * 37 % 200);
        std::string value = noise.Next(5'000);
        if (tier->Write({{key, Of(value)}}).ok())
          written[key] = value;
        else
          written.erase(key);
      }
    };
    write(200);
    tier->Compact();
    write(20);
    Tend(*tier);
    if (step % 2 == 0) {  // ends while it is full
      tier.reset();
      tier = Open(options);
      write(10);
    }
    disk->room = SmallDisk::kPlenty;
    Tend(*tier);
    EXPECT_FALSE(tier->off());
    write(10);
    tier.reset();
    tier = Open(options);
    for (const auto& [key, value] : written) {
      const auto entry = GetOne(*tier, key);
      ASSERT_TRUE(entry.ok()) << key << ": " << entry.status();
      EXPECT_EQ(*entry->value, value) << key;
    }
  }
}

TEST_F(RocksTierTest, CompactionDropsWhatHasLongExpired) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"short", Of("1", absl::Minutes(1))},
                           {"long", Of("2", absl::Hours(100))}})
                  .ok());
  clock_.Advance(absl::Minutes(2));
  tier->Compact();
  EXPECT_TRUE(GetOne(*tier, "short").ok()) << "within its grace";
  clock_.Advance(RocksTier::kGrace);
  tier->Compact();
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "short").status()));
  EXPECT_TRUE(GetOne(*tier, "long").ok());
}

TEST_F(RocksTierTest, CompactionDropsNothingUnderAClockThatWasSet) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1", absl::Hours(1))}}).ok());
  for (const int days : {400, -400, -20000}) {
    clock_.Set(absl::Hours(24) * days);
    tier->Compact();
    clock_.Set(-absl::Hours(24) * days);
    EXPECT_TRUE(GetOne(*tier, "a").ok()) << days;
  }
}

TEST_F(RocksTierTest, CompactionDropsWhatIsOfTheFuture) {
  clock_.Set(absl::Hours(24 * 400));
  auto tier = Open();
  ASSERT_TRUE(tier->Write({{"a", Of("1", absl::Hours(1))}}).ok());
  tier.reset();
  clock_.Set(-absl::Hours(24 * 400));
  tier = Open();
  tier->Compact();
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "a").status()));
}

TEST_F(RocksTierTest, AllItsFilesStayWithinTheBound) {
  constexpr uint64_t kBound = 64U << 20;
  RocksTier::Options options = OptionsHere();
  options.max_bytes = kBound;
  const auto tier = Open(options);
  Noise noise;
  uint64_t most = 0;
  for (int batch = 0; batch < 350; ++batch) {
    std::vector<Tier::Record> records;
    for (int i = 0; i < 20; ++i) {
      records.push_back({absl::StrCat("k", batch % 8, ".", batch, ".", i),
                         Of(noise.Next(10'000))});
    }
    ASSERT_TRUE(tier->Write(records).ok());
    most = std::max(most, SizeOfAll(dir_.path()));
  }
  // 70 MB were written.
  EXPECT_LE(most, kBound);
  EXPECT_GT(tier->bytes(), kBound / 4);
  EXPECT_THAT(Reports(), Contains(HasSubstr("reached its bound")));
}

}  // namespace
}  // namespace vtlookup
