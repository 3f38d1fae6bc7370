#include "virustotal/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/temp_dir.h"
#include "virustotal/failures.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class KeyRingTest : public testing::Test {
 protected:
  // As a process that starts.
  void Open(Quota::Limits limits) {
    ring_.reset();
    auto ledger = QuotaLedger::Open(dir_ / "quota");
    ASSERT_TRUE(ledger.ok()) << ledger.status();
    std::vector<KeyRing::Setup> setups;
    setups.push_back({.name = "one", .access = {}, .limits = limits});
    setups.push_back({.name = "two", .access = {}, .limits = limits});
    ring_ = std::make_unique<KeyRing>(
        std::move(setups), *std::move(ledger), now_,
        [this](std::string_view text) { reports_.emplace_back(text); });
  }
  // How many more requests there is room for, by key.
  std::pair<int, int> Left() {
    std::pair<int, int> left;
    while (true) {
      const auto key = ring_->Take(Lane::kInteractive, now_);
      if (!key.ok()) return left;
      ++((*key)->name == "one" ? left.first : left.second);
    }
  }

  TempDir dir_;
  absl::Time now_ = absl::FromUnixSeconds(1795503600);
  std::unique_ptr<KeyRing> ring_;
  std::vector<std::string> reports_;
};

TEST_F(KeyRingTest, CountsOutliveTheProcess) {
  Open({.per_day = 10});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  }
  ring_->Refund(*ring_->keys()[0], now_, now_);
  // No destructor, as after kill -9: what was appended is there.
  const auto killed = std::move(ring_);
  Open({.per_day = 10});
  EXPECT_EQ(Left(), std::pair(8, 10));
}

TEST_F(KeyRingTest, AndANewDayForgetsThem) {
  Open({.per_day = 2});
  EXPECT_EQ(Left(), std::pair(2, 2));
  now_ += absl::Hours(24);
  Open({.per_day = 2});
  EXPECT_EQ(Left(), std::pair(2, 2));
}

TEST_F(KeyRingTest, ManyRestartsAddNothing) {
  Open({.per_minute = 5, .per_day = 10, .per_month = 20});
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  }
  for (int i = 0; i < 20; ++i) Open({.per_minute = 5, .per_day = 10});
  EXPECT_EQ(Left(), std::pair(1, 5));
}

TEST_F(KeyRingTest, TheLedgerStaysSmall) {
  Open({});
  for (int i = 0; i < 100000; ++i) {
    ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  }
  EXPECT_LT(std::filesystem::file_size(dir_ / "quota"), (1U << 20) + 1000);
  Open({.per_day = 100010});
  EXPECT_EQ(Left().first, 10);
}

TEST_F(KeyRingTest, ABrokenTailIsDroppedWithoutTheRest) {
  Open({.per_day = 10});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  }
  ring_.reset();
  std::ofstream(dir_ / "quota", std::ios::app) << "half a record";
  Open({.per_day = 10});
  ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  Open({.per_day = 10});
  EXPECT_EQ(Left().first, 6);
}

TEST_F(KeyRingTest, OneDamagedRecordCostsNoOther) {
  Open({.per_day = 10});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  }
  ring_.reset();
  std::fstream file(dir_ / "quota", std::ios::in | std::ios::out);
  // The second of three.
  file.seekp(-2 * 32 + 5, std::ios::end);
  file.put('X');
  file.close();
  Open({.per_day = 10});
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("1 damaged")));
  EXPECT_EQ(Left().first, 8);
}

TEST_F(KeyRingTest, JunkIsNoLedger) {
  std::ofstream(dir_ / "quota") << std::string(1000, 'x');
  Open({.per_day = 3});
  EXPECT_EQ(Left().first, 3);
}

TEST_F(KeyRingTest, EveryByteChangedIsNoticed) {
  Open({.per_day = 10});
  ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  ring_.reset();
  std::ifstream in(dir_ / "quota");
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    std::ofstream(dir_ / "quota") << bad;
    const auto ledger = QuotaLedger::Open(dir_ / "quota");
    ASSERT_TRUE(ledger.ok());
    EXPECT_EQ((*ledger)->records().size(), good.size() / 32 - 1);
    EXPECT_EQ((*ledger)->damaged(), 1);
  }
}

TEST_F(KeyRingTest, TellsOnceThatAKeyIsRefused) {
  Open({});
  ring_->OnKeyRefused(*ring_->keys()[0]);
  ring_->OnKeyRefused(*ring_->keys()[0]);
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("\"one\"")));
  EXPECT_EQ((*ring_->Take(Lane::kBulk, now_))->name, "two");
}

TEST_F(KeyRingTest, WithoutWaitingVirusTotalIsNotAskedAtOnceAgain) {
  Open({});
  for (const auto& key : ring_->keys()) {
    ring_->OnNoRoom(*key, QuotaUsedUp("minute", absl::ZeroDuration()), now_,
                    now_);
  }
  EXPECT_FALSE(ring_->Take(Lane::kInteractive, now_).ok());
  EXPECT_TRUE(ring_->Take(Lane::kInteractive, now_ + absl::Minutes(1)).ok());
}

}  // namespace
}  // namespace vtlookup
