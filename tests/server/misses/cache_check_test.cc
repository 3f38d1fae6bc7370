#include "server/misses/cache_check.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/manual_loop.h"
#include "tests/server/misses/misses_helpers.h"

namespace vtlookup {
namespace {

class CacheCheckTest : public testing::Test, protected CacheCheck::Results {
 protected:
  CacheCheckTest() { queue_->hold = true; }

  void Check(WaiterId id, Want::Mode mode = Want::Mode::kNormal) {
    Waiter waiter = WaiterOf(id);
    waiter.want.mode = mode;
    std::vector<CacheCheck::Arrival> one;
    one.push_back({item_, Purpose::kReport, std::move(waiter), false});
    check_.Check(std::move(one));
  }
  void ReadDisk() {
    queue_->RunAll();
    loop_.RunPosted();
  }

  // Each result is noted as `<what>-<id>`.
  void Note(const std::string& what, const Waiter& waiter) {
    results_.push_back(what + "-" + std::to_string(waiter.id));
  }
  void Settle(Waiter waiter, const Indicator& /*indicator*/,
              Answer answer) override {
    Note("settle", waiter);
    answer_ = std::move(answer);
  }
  void Join(const Indicator& /*indicator*/, Purpose /*purpose*/, Waiter waiter,
            std::optional<Cache::Found> previous) override {
    Note(previous.has_value() ? "join-with-previous" : "join", waiter);
  }
  void Finish(Waiter waiter, absl::StatusOr<Answer> answer) override {
    Note(FailureOf(answer.status()).reason, waiter);
  }
  void Refuse(Waiter waiter, const absl::Status& why) override {
    Note(FailureOf(why).reason, waiter);
  }

  using Texts = std::vector<std::string>;
  const Indicator item_ = Domain("a.com");
  FakeClock clock_;
  ManualLoop loop_{clock_};
  std::shared_ptr<FakeTier::Disk> disk_ = std::make_shared<FakeTier::Disk>();
  std::shared_ptr<ManualExecutor::Queue> queue_ =
      std::make_shared<ManualExecutor::Queue>();
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(disk_),
               std::make_unique<ManualExecutor>(queue_)};
  WaitingRoom room_{1};
  Texts results_;
  Answer answer_;
  CacheCheck check_{clock_, loop_, cache_, room_, *this};
};

TEST_F(CacheCheckTest, WhatIsInMemoryIsDecidedAtOnce) {
  cache_.Put(item_.key(), EntryOf(1, clock_.Now()));
  Check(1);
  EXPECT_EQ(results_, Texts{"settle-1"});
  EXPECT_EQ(answer_.source, v1::SOURCE_MEMORY);
  Check(2, Want::Mode::kRefresh);
  EXPECT_EQ(results_.back(), "join-with-previous-2");
  EXPECT_EQ(disk_->reads, 0);
}

TEST_F(CacheCheckTest, ADiskThatCanTellWithoutWaitingIsNotRead) {
  disk_->warm = true;
  Check(1);
  Check(2, Want::Mode::kCacheOnly);
  EXPECT_EQ(results_, (Texts{"join-1", "NOT_CACHED-2"}));
  EXPECT_EQ(disk_->reads, 0);
}

TEST_F(CacheCheckTest, WhatOnlyTheDiskKnowsIsReadThere) {
  disk_->entries[item_.key()] = EntryOf(1, clock_.Now());
  Check(1);
  EXPECT_EQ(check_.size(), 1U);
  EXPECT_EQ(results_, Texts{});
  ReadDisk();
  EXPECT_EQ(results_, Texts{"settle-1"});
  EXPECT_EQ(answer_.source, v1::SOURCE_DISK);
  EXPECT_EQ(check_.size(), 0U);
}

// An expired one may stand in later; with kCacheOnly it is the answer.
TEST_F(CacheCheckTest, AnExpiredEntryDoesForThoseWhoHaveNoOther) {
  cache_.Put(item_.key(), EntryOf(1, clock_.Now() - absl::Hours(2)));
  Check(1);
  Check(2, Want::Mode::kCacheOnly);
  EXPECT_EQ(results_, (Texts{"join-with-previous-1", "settle-2"}));
  EXPECT_TRUE(answer_.stale);
}

TEST_F(CacheCheckTest, OneThatLeavesWhileTheDiskIsReadHasNoResult) {
  Check(1);
  EXPECT_TRUE(check_.Take(1).has_value());
  EXPECT_FALSE(check_.Take(1).has_value());
  ReadDisk();
  EXPECT_EQ(results_, Texts{});
}

TEST_F(CacheCheckTest, ThoseWhoWaitForTheDiskHaveSeats) {
  Check(1);
  Check(2);
  EXPECT_EQ(results_, Texts{"TOO_MANY_WAITING-2"});
  ReadDisk();
  EXPECT_EQ(results_.back(), "join-1");
  Check(3);
  EXPECT_EQ(check_.size(), 1U) << "the seat is free again";
}

TEST_F(CacheCheckTest, AnAnswerThatLandsWhileTheDiskIsReadIsBetter) {
  disk_->entries[item_.key()] = EntryOf(0, clock_.Now() - absl::Hours(2));
  Check(1);
  cache_.Put(item_.key(), EntryOf(1, clock_.Now()));
  ReadDisk();
  EXPECT_EQ(results_, Texts{"settle-1"});
  EXPECT_EQ(CodeOf(answer_.entry), ResponseCode::kPresent);
}

}  // namespace
}  // namespace vtlookup
