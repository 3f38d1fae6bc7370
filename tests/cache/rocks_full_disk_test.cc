// Tests full disks, and what is kept of the writes meanwhile.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "cache/rocks_tier.h"
#include "tests/cache/rocks_tier_fixture.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::HasSubstr;

// A disk with a given number of free bytes. If a write does not fit, a part of
// it is written, as on a real disk.
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
  EXPECT_THAT(Reports(), Contains(HasSubstr("can be used again")));
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

// The records of a spill that cannot be opened at the start are older than all
// that the database takes meanwhile.
TEST_F(RocksTierTest, ASpillThatCanBeOpenedTooLateIsNotUsed) {
  const std::string spill = dir_ / "verdicts.spill";
  const std::string elsewhere = dir_ / "elsewhere";
  {
    const auto tier = Open();
    free_ = 0;
    ASSERT_TRUE(tier->Write({{"k", Of("old")}}).ok());
  }
  fs::create_directory(elsewhere);
  fs::rename(spill, elsewhere + "/spill");
  fs::create_symlink(elsewhere + "/spill", spill);
  fs::rename(elsewhere, elsewhere + ".away");  // the spill cannot be opened
  free_ = uint64_t{1} << 40;
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"k", Of("new")}}).ok());
  fs::rename(elsewhere + ".away", elsewhere);
  Tend(*tier);
  free_ = 0;
  ASSERT_TRUE(tier->Write({{"other", Of("1")}}).ok());
  free_ = uint64_t{1} << 40;
  Tend(*tier);
  EXPECT_EQ(*GetOne(*tier, "k")->value, "new");
  EXPECT_EQ(*GetOne(*tier, "other")->value, "1");
}

TEST_F(RocksTierTest, OnAFullDiskItStartsOffAndOpensLater) {
  ASSERT_TRUE(Open()->Write({{"k", Of("v")}}).ok());
  free_ = 0;
  const auto tier = Open();
  ASSERT_NE(tier, nullptr);
  Entry entry;
  EXPECT_TRUE(absl::IsUnavailable(GetOne(*tier, "k").status()));
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
  EXPECT_TRUE(absl::IsUnavailable(GetOne(*tier, "before").status()));
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

// Debian's RocksDB has its assertions enabled. No write that meets the full
// disk, and nothing that RocksDB tries afterwards, may end the process.
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

}  // namespace
}  // namespace vtlookup
