#include "cache/rocks_tier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::HasSubstr;

// A disk that can be full: what is written then fails with "no space".
class FullableDisk final : public rocksdb::FileSystemWrapper {
 public:
  FullableDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FullableDisk"; }

  rocksdb::IOStatus NewWritableFile(
      const std::string& name, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* result,
      rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status =
        target()->NewWritableFile(name, options, result, debug);
    if (status.ok()) *result = std::make_unique<File>(std::move(*result), this);
    return status;
  }

  std::atomic<bool> full{false};

 private:
  class File final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile> file, FullableDisk* disk)
        : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk) {}
    using FSWritableFileOwnerWrapper::Append;
    rocksdb::IOStatus Append(const rocksdb::Slice& data,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
      if (disk_->full) return rocksdb::IOStatus::NoSpace("the test says so");
      return FSWritableFileOwnerWrapper::Append(data, options, debug);
    }

   private:
    FullableDisk* const disk_;
  };
};

absl::StatusOr<Entry> GetOne(Tier& tier, const std::string& key) {
  return tier.Get({key}).front();
}

class RocksTierTest : public testing::Test {
 protected:
  RocksTier::Options OptionsHere() {
    return {.path = dir_ / "verdicts",
            .max_bytes = 0,
            .env = nullptr,
            .free_bytes = [this](const std::string&) { return free_; },
            .report =
                [this](std::string_view what) { reports_.emplace_back(what); }};
  }
  std::unique_ptr<RocksTier> Open() { return Open(OptionsHere()); }
  std::unique_ptr<RocksTier> Open(RocksTier::Options options) {
    auto tier = RocksTier::Open(std::move(options), clock_);
    EXPECT_TRUE(tier.ok()) << tier.status();
    return tier.ok() ? *std::move(tier) : nullptr;
  }
  Entry Of(std::string value, absl::Duration usable = absl::Hours(1)) {
    return {std::make_shared<const std::string>(std::move(value)), clock_.Now(),
            clock_.Now() + usable, clock_.Now() + usable};
  }

  TempDir dir_;
  FakeClock clock_;
  uint64_t free_ = uint64_t{1} << 40;
  std::vector<std::string> reports_;
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
  EXPECT_TRUE(reports_.empty());
}

TEST_F(RocksTierTest, MovesAnUnreadableDatabaseAside) {
  ASSERT_TRUE(Open()->Write({{"k", Of("v")}}).ok());
  const std::string path = dir_ / "verdicts";
  std::ofstream(path + "/CURRENT") << "nonsense";
  const auto tier = Open();
  ASSERT_NE(tier, nullptr);
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "k").status()));
  EXPECT_THAT(reports_, Contains(HasSubstr("was moved to")));
  int aside = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    aside += file.path().string().find(".corrupt-") != std::string::npos;
  }
  EXPECT_EQ(aside, 1);
}

TEST_F(RocksTierTest, KeepsOnlyTheLastDatabaseMovedAside) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_NE(Open(), nullptr);
    std::ofstream((dir_ / "verdicts") + "/CURRENT") << "nonsense";
    clock_.Advance(absl::Seconds(10));
  }
  ASSERT_NE(Open(), nullptr);
  int aside = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    aside += file.path().string().find(".corrupt-") != std::string::npos;
  }
  EXPECT_EQ(aside, 1);
}

TEST_F(RocksTierTest, SaysThatAnotherHasItOpen) {
  const auto tier = Open();
  const auto second = RocksTier::Open(OptionsHere(), clock_);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("in use by another process"));
}

TEST_F(RocksTierTest, SaysThatAFolderCannotBeMade) {
  std::ofstream(dir_ / "file") << "x";
  RocksTier::Options options = OptionsHere();
  options.path = dir_ / "file/below/verdicts";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(RocksTier::Open(options, clock_).status()));
}

TEST_F(RocksTierTest, WithoutRoomItIsOffBeforeAWriteFails) {
  const auto tier = Open();
  ASSERT_TRUE(tier->Write({{"before", Of("1")}}).ok());
  free_ = RocksTier::kMinFree - 1;
  EXPECT_FALSE(tier->Write({{"during", Of("2")}}).ok());
  EXPECT_TRUE(tier->off());
  EXPECT_THAT(reports_, Contains(HasSubstr("memory only")));
  free_ = RocksTier::kMinFree;
  clock_.Advance(RocksTier::kRetryAfter);
  EXPECT_TRUE(tier->Write({{"after", Of("3")}}).ok());
  EXPECT_EQ(*GetOne(*tier, "before")->value, "1");
  EXPECT_THAT(reports_, Contains(HasSubstr("is on")));
}

TEST_F(RocksTierTest, OnAFullDiskItStartsOffAndOpensLater) {
  ASSERT_TRUE(Open()->Write({{"k", Of("v")}}).ok());
  free_ = 0;
  const auto tier = Open();
  ASSERT_NE(tier, nullptr);
  Entry entry;
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "k").status()));
  EXPECT_EQ(tier->Peek("k", &entry), Tier::Peeked::kAbsent);
  EXPECT_FALSE(tier->Write({{"x", Of("1")}}).ok());
  free_ = uint64_t{1} << 40;
  clock_.Advance(RocksTier::kRetryAfter);
  EXPECT_TRUE(tier->Write({{"x", Of("2")}}).ok());
  EXPECT_EQ(*GetOne(*tier, "k")->value, "v");
}

TEST_F(RocksTierTest, AFullDiskTurnsItOffAndSpaceTurnsItOn) {
  const auto disk = std::make_shared<FullableDisk>();
  const std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(disk);
  RocksTier::Options options = OptionsHere();
  options.env = env.get();
  std::filesystem::create_directories(dir_ / "verdicts");
  const auto tier = Open(options);
  ASSERT_TRUE(tier->Write({{"before", Of("1")}}).ok());

  disk->full = true;
  EXPECT_FALSE(tier->Write({{"during", Of("2")}}).ok());
  EXPECT_TRUE(tier->off());
  EXPECT_TRUE(absl::IsNotFound(GetOne(*tier, "before").status()));
  EXPECT_THAT(reports_, Contains(HasSubstr("memory only")));

  disk->full = false;
  EXPECT_FALSE(tier->Write({{"too soon", Of("3")}}).ok());
  clock_.Advance(RocksTier::kRetryAfter);
  EXPECT_TRUE(tier->Write({{"after", Of("4")}}).ok());
  EXPECT_FALSE(tier->off());
  EXPECT_EQ(*GetOne(*tier, "after")->value, "4");
  EXPECT_EQ(*GetOne(*tier, "before")->value, "1");
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

TEST_F(RocksTierTest, StaysNearItsBoundByDroppingTheOldest) {
  constexpr uint64_t kBound = 8U << 20;
  RocksTier::Options options = OptionsHere();
  options.max_bytes = kBound;
  const auto tier = Open(options);
  std::string noise(10000, '\0');
  uint32_t state = 1;
  for (int batch = 0; batch < 30; ++batch) {
    std::vector<Tier::Record> records;
    for (int i = 0; i < 100; ++i) {
      for (char& c : noise) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);  // does not compress
      }
      records.push_back(
          {absl::StrCat("k", batch % 8, ".", batch, ".", i), Of(noise)});
    }
    ASSERT_TRUE(tier->Write(records).ok());
    if (batch % 2 == 0) tier->Compact();
  }
  // 30 MB were written. What has not been compacted yet is beyond the bound.
  EXPECT_LT(tier->bytes(), 2 * kBound);
  EXPECT_GT(tier->bytes(), kBound / 4);
  EXPECT_THAT(reports_, Contains(HasSubstr("reached its bound")));
}

}  // namespace
}  // namespace vtlookup
