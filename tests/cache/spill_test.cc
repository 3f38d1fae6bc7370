#include "cache/spill.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

constexpr uint64_t kBytes = 10'000;

class SpillTest : public testing::Test {
 protected:
  std::unique_ptr<Spill> Open(uint64_t bytes = kBytes) {
    auto spill = Spill::Open(path_, bytes);
    EXPECT_TRUE(spill.ok()) << spill.status();
    return spill.ok() ? *std::move(spill) : nullptr;
  }
  static Tier::Record Of(std::string key, std::string value) {
    return {std::move(key),
            {std::make_shared<const std::string>(std::move(value)),
             absl::FromUnixSeconds(1), absl::FromUnixSeconds(2),
             absl::FromUnixSeconds(3)}};
  }
  static std::string Text(const Spill& spill) {
    std::string text;
    for (const auto& [key, entry] : spill.Read()) {
      text += key + "=" + *entry.value + " ";
    }
    return text;
  }

  TempDir dir_;
  const std::string path_ = dir_ / "spill";
};

TEST_F(SpillTest, HasItsSizeFromTheBeginningAndKeepsIt) {
  const auto spill = Open();
  EXPECT_EQ(std::filesystem::file_size(path_), kBytes);
  EXPECT_TRUE(spill->empty());
  ASSERT_TRUE(spill->Append({Of("a", std::string(9'000, 'x'))}).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(
      spill->Append({Of("b", "1"), Of("c", std::string(1'000, 'x'))})));
  EXPECT_TRUE(spill->Append({Of("d", "1")}).ok());
  EXPECT_EQ(std::filesystem::file_size(path_), kBytes);
  EXPECT_EQ(Open()->Read().size(), 2) << "all or none";
}

// The limit of a file's size makes a write stop in the middle of it, as an
// error of the disk would.
TEST_F(SpillTest, WhatAFailedWriteHasLeftIsNotReadWithWhatComesLater) {
  const auto spill = Open();
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit low{.rlim_cur = 1'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &low), 0);
  const absl::Status status = spill->Append(
      {Of("a", "1"), Of("b", "2"), Of("c", std::string(2'000, 'x'))});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_TRUE(absl::IsUnavailable(status)) << status;
  // It takes exactly the place of the first record.
  ASSERT_TRUE(spill->Append({Of("a", "3")}).ok());
  EXPECT_EQ(Text(*spill), "a=3 ");
  EXPECT_EQ(Text(*Open()), "a=3 ");
}

TEST_F(SpillTest, RemembersInOrderUntilItIsCleared) {
  ASSERT_TRUE(Open()->Append({Of("a", "1"), Of("b", "2")}).ok());
  ASSERT_TRUE(Open()->Append({Of("a", "3")}).ok());
  const auto spill = Open();
  EXPECT_EQ(Text(*spill), "a=1 b=2 a=3 ");
  EXPECT_EQ(spill->Read()[1].entry.usable_until, absl::FromUnixSeconds(3));
  ASSERT_TRUE(spill->Clear().ok());
  EXPECT_EQ(Text(*Open()), "");
  // This record is as long as the first one was, so the bytes behind it in the
  // file are records from before.
  ASSERT_TRUE(spill->Append({Of("c", "4")}).ok());
  EXPECT_EQ(Text(*Open()), "c=4 ");
}

TEST_F(SpillTest, DamageEndsTheList) {
  ASSERT_TRUE(Open()->Append({Of("a", "1"), Of("b", "2")}).ok());
  const uint64_t second = 8 + (20 + 1 + 29 + 1);
  for (const uint64_t at : {second, second + 25}) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put('\x7f');
    file.close();
    EXPECT_EQ(Text(*Open()), "a=1 ");
  }
  ASSERT_TRUE(Open()->Append({Of("c", "3")}).ok());
  EXPECT_EQ(Text(*Open()), "a=1 c=3 ");
}

TEST_F(SpillTest, AnotherSizeIsTakenOverOnceItIsEmpty) {
  ASSERT_TRUE(Open()->Append({Of("a", "1")}).ok());
  EXPECT_EQ(Text(*Open(2 * kBytes)), "a=1 ");
  EXPECT_EQ(std::filesystem::file_size(path_), kBytes);
  ASSERT_TRUE(Open()->Clear().ok());
  EXPECT_TRUE(Open(2 * kBytes)->empty());
  EXPECT_EQ(std::filesystem::file_size(path_), 2 * kBytes);
}

TEST_F(SpillTest, WhereItCannotBeMadeNothingIsLeft) {
  EXPECT_TRUE(absl::IsUnavailable(
      Spill::Open(dir_ / "missing/spill", kBytes).status()));
  // A device that is always full.
  std::filesystem::create_symlink("/dev/full", path_);
  EXPECT_FALSE(Spill::Open(path_, kBytes).ok());
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(path_)));
}

}  // namespace
}  // namespace vtlookup
