#include "server/misses/waiters.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/manual_loop.h"
#include "tests/server/misses/misses_helpers.h"

namespace vtlookup {
namespace {

class WaitersTest : public testing::Test {
 protected:
  // A flight that began when this entry was cached.
  void SetPrevious(Entry entry) {
    cache_.Put(flight_.indicator.key(), entry);
    flight_.previous = PreviousOf(Cache::Found{.entry = std::move(entry),
                                               .level = Cache::Level::kMemory});
  }
  Entry Expired() const { return EntryOf(1, clock_.Now() - absl::Hours(2)); }
  void Join(absl::Time deadline = absl::InfiniteFuture()) {
    Waiter waiter = WaiterOf(1, Into(&outcome_));
    waiter.requester.deadline = deadline;
    waiters_.Join(flight_, std::move(waiter));
  }
  Waiter TakeOut() {
    auto node = flight_.waiters.extract(1);
    return std::move(node.mapped());
  }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  const v1::CacheConfig config_ = [] {
    v1::CacheConfig config;
    config.mutable_stale()->mutable_client_wait()->set_nanos(800'000'000);
    return config;
  }();
  MissCounters counters_;
  Flight flight_ = FlightTo(Domain("a.com"), Lane::kInteractive);
  std::vector<WaiterId> late_;
  int ended_ = 0;
  std::optional<absl::StatusOr<Answer>> outcome_;
  Waiters waiters_{
      {.wait_without_deadline = absl::Seconds(10), .max_wait = absl::Hours(1)},
      clock_,
      loop_,
      cache_,
      config_,
      counters_,
      [this](Flight& /*flight*/, WaiterId id) { late_.push_back(id); },
      [this] { ++ended_; }};
};

TEST_F(WaitersTest, OneWithoutADeadlineIsLateAfterAWhileInTheQueue) {
  flight_.state = Flight::State::kQueued;
  Join();
  EXPECT_EQ(flight_.waiters.at(1).limit, clock_.Now() + absl::Seconds(10));
  loop_.Advance(absl::Milliseconds(9999));
  EXPECT_TRUE(late_.empty());
  loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(late_, std::vector<WaiterId>{1});
}

TEST_F(WaitersTest, NobodyIsLateWhoseRequestIsUnderWay) {
  flight_.state = Flight::State::kFetching;
  Join();
  loop_.Advance(absl::Hours(2));
  EXPECT_TRUE(late_.empty());
  EXPECT_EQ(waiters_.size(), 1U);
}

TEST_F(WaitersTest, ADeadlineFarAwayIsCut) {
  flight_.state = Flight::State::kQueued;
  Join(clock_.Now() + absl::Hours(48));
  EXPECT_EQ(flight_.waiters.at(1).limit, clock_.Now() + absl::Hours(1));
  loop_.Advance(absl::Hours(1));
  EXPECT_EQ(late_, std::vector<WaiterId>{1});
}

TEST_F(WaitersTest, AnExpiredEntryIsServedAfterTheWaitOfTheConfiguration) {
  SetPrevious(Expired());
  Join();
  loop_.Advance(absl::Milliseconds(799));
  EXPECT_FALSE(outcome_.has_value());
  loop_.Advance(absl::Milliseconds(1));
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_TRUE((*outcome_)->stale);
  EXPECT_EQ(counters_.stale_served.value(), 1U);
  EXPECT_EQ(waiters_.FlightOf(1), nullptr);
  EXPECT_TRUE(flight_.keep) << "for the next lookup";
  EXPECT_EQ(ended_, 1);
}

TEST_F(WaitersTest, OrAfterFourFifthsOfTheTimeThatTheCallerHas) {
  SetPrevious(Expired());
  Join(clock_.Now() + absl::Milliseconds(500));
  loop_.Advance(absl::Milliseconds(399));
  EXPECT_FALSE(outcome_.has_value());
  loop_.Advance(absl::Milliseconds(1));
  EXPECT_TRUE(outcome_.has_value());
}

TEST_F(WaitersTest, AFailureIsReplacedByAnEntryThatMayStandIn) {
  SetPrevious(Expired());
  Join();
  waiters_.Fail(flight_, TakeOut(), absl::UnavailableError("503"));
  ASSERT_TRUE(outcome_->ok());
  EXPECT_TRUE((*outcome_)->stale);
}

TEST_F(WaitersTest, AFailureIsToldWhenNothingWasCached) {
  Join();
  waiters_.Fail(flight_, TakeOut(), absl::UnavailableError("503"));
  EXPECT_TRUE(absl::IsUnavailable(outcome_->status()));
}

// A purge leaves an entry that is gone.
TEST_F(WaitersTest, WhatAnOperatorHasPurgedStandsInForNothing) {
  SetPrevious(Expired());
  Join();
  Entry purged = Expired();
  purged.fresh_until = purged.usable_until = purged.stored;
  cache_.Put(flight_.indicator.key(), purged);
  loop_.Advance(absl::Milliseconds(800));
  EXPECT_FALSE(outcome_.has_value()) << "it waits on";
  EXPECT_EQ(flight_.waiters.size(), 1U);
  waiters_.Fail(flight_, TakeOut(), absl::UnavailableError("503"));
  EXPECT_FALSE(outcome_->ok());
}

TEST_F(WaitersTest, OneThatIsForgottenHasNoTimers) {
  SetPrevious(Expired());
  flight_.state = Flight::State::kQueued;
  Join();
  waiters_.Forget(TakeOut());
  EXPECT_EQ(waiters_.size(), 0U);
  loop_.Advance(absl::Hours(2));
  EXPECT_TRUE(late_.empty());
  EXPECT_FALSE(outcome_.has_value());
}

}  // namespace
}  // namespace vtlookup
