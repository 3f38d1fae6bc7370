#include "server/misses/queued_items.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/failure.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/fakes/manual_loop.h"
#include "tests/server/misses/misses_helpers.h"

namespace vtlookup {
namespace {

using Outcome = std::optional<absl::StatusOr<Answer>>;

class QueuedItemsTest : public testing::Test {
 protected:
  // A queued verdict that is fresh for a minute.
  Entry Queued() const {
    Entry entry = EntryOf(-2, clock_.Now());
    entry.fresh_until = entry.stored + absl::Minutes(1);
    return entry;
  }
  Flight AFlight() const {
    Flight flight = FlightTo(item_, Lane::kBulk, "payer");
    flight.purpose = Purpose::kReportOrSubmit;
    return flight;
  }
  void Land(int code) {
    items_.OnLanded(AFlight(),
                    code == -2 ? Queued() : EntryOf(code, clock_.Now()), false);
  }
  void Watch(WatchList::Id id) {
    items_.Watch(id, item_, AnswerOf(item_, Queued()),
                 [this](absl::StatusOr<Answer> answer) {
                   told_.push_back(std::move(answer));
                 });
  }
  // How many polls there are within this time.
  size_t PollsWithin(absl::Duration time) {
    const size_t before = asked_.size();
    loop_.Advance(time);
    return asked_.size() - before;
  }

  const Indicator item_ = Domain("a.com");
  FakeClock clock_;
  ManualLoop loop_{clock_};
  MissCounters counters_;
  const v1::CacheConfig config_ = [] {
    v1::CacheConfig config;
    config.mutable_ttl()->mutable_queued()->set_seconds(60);
    config.mutable_ttl()->mutable_queued_max()->set_seconds(15 * 60);
    return config;
  }();
  struct Asked {
    Lane lane;
    std::string client;
  };
  std::vector<Asked> asked_;
  std::vector<absl::StatusOr<Answer>> told_;
  QueuedItems items_{{.max_polls = 10, .max_watches = 1},
                     clock_,
                     loop_,
                     config_,
                     counters_,
                     [this](const Indicator& /*indicator*/, Lane lane,
                            const PollList::Payer& payer) {
                       asked_.push_back({lane, payer.client});
                     }};
};

TEST_F(QueuedItemsTest, AQueuedItemIsPolledAtTheExpenseOfWhoBroughtIt) {
  Land(-2);
  EXPECT_EQ(PollsWithin(absl::Seconds(59)), 0U);
  EXPECT_EQ(PollsWithin(absl::Seconds(1)), 1U);
  EXPECT_EQ(asked_.back().client, "payer");
  EXPECT_EQ(asked_.back().lane, Lane::kBackground);
}

// A queued verdict about a scan that was requested at this time.
Entry QueuedSince(absl::Time submitted, absl::Time now) {
  v1::Verdict verdict;
  verdict.set_response_code(-2);
  verdict.mutable_scan_time()->set_seconds(absl::ToUnixSeconds(submitted));
  return {.value = std::make_shared<const std::string>(
              StoredVerdict::Encode(verdict, 1, false)),
          .stored = now,
          .fresh_until = now + absl::Minutes(1),
          .usable_until = now + absl::Minutes(1)};
}

TEST_F(QueuedItemsTest, AScanThatWasRequestedADayAgoIsGivenUp) {
  const absl::Time submitted = clock_.Now();
  const auto land = [&](absl::Time requested) {
    items_.OnLanded(AFlight(), QueuedSince(requested, clock_.Now()), false);
  };
  loop_.Advance(absl::Hours(23));
  land(submitted);
  EXPECT_EQ(PollsWithin(absl::Minutes(2)), 1U);
  loop_.Advance(absl::Hours(2));
  // Neither a new lookup nor a watcher brings it back.
  for (int again = 0; again < 3; ++again) {
    land(submitted);
    EXPECT_EQ(PollsWithin(absl::Hours(1)), 0U);
  }
  items_.Watch(1, item_, AnswerOf(item_, QueuedSince(submitted, clock_.Now())),
               [](const absl::StatusOr<Answer>&) {});
  EXPECT_EQ(PollsWithin(absl::Hours(1)), 0U);
  EXPECT_FALSE(items_.polls(item_.key()));
  // A new submission does.
  land(clock_.Now());
  EXPECT_EQ(PollsWithin(absl::Minutes(2)), 1U);
}

// The answer may never come, as when there is no quota to spare.
TEST_F(QueuedItemsTest, AnItemThatIsDueStaysInTheList) {
  Land(-2);
  EXPECT_EQ(PollsWithin(absl::Minutes(1)), 1U);
  EXPECT_EQ(PollsWithin(absl::Minutes(15)), 1U);
}

TEST_F(QueuedItemsTest, AFinalVerdictEndsThePolls) {
  Land(-2);
  Land(1);
  EXPECT_FALSE(items_.polls(item_.key()));
  EXPECT_EQ(PollsWithin(absl::Hours(20)), 0U);
}

TEST_F(QueuedItemsTest, AReportThatNobodyWaitedForIsNotPolled) {
  items_.OnLanded(FlightTo(item_, Lane::kBulk), Queued(), false);
  EXPECT_FALSE(items_.polls(item_.key()));
}

TEST_F(QueuedItemsTest, NotKnownYetIsPolledAfterFiveTimesTheUsualPause) {
  items_.OnLanded(AFlight(), EntryOf(0, clock_.Now()), true);
  EXPECT_EQ(PollsWithin(absl::Seconds(299)), 0U);
  EXPECT_EQ(PollsWithin(absl::Seconds(1)), 1U);
}

TEST_F(QueuedItemsTest, AFailedPollIsRepeatedSoonIfSomebodyWatches) {
  Land(-2);
  items_.OnFailed(item_);
  EXPECT_EQ(PollsWithin(absl::Minutes(14)), 0U);
  EXPECT_EQ(PollsWithin(absl::Minutes(1)), 1U);
  Watch(1);
  items_.OnFailed(item_);
  EXPECT_EQ(PollsWithin(absl::Minutes(1)), 1U);
  EXPECT_EQ(asked_.back().lane, Lane::kBulk);
}

// 15 minutes, five times, and a tenth.
TEST_F(QueuedItemsTest, ATimeOfAWrongClockIsCut) {
  Entry entry = Queued();
  entry.fresh_until += absl::Hours(24 * 400);
  items_.OnLanded(AFlight(), entry, false);
  EXPECT_EQ(PollsWithin(absl::Seconds(82 * 60 + 29)), 0U);
  EXPECT_EQ(PollsWithin(absl::Seconds(1)), 1U);
}

TEST_F(QueuedItemsTest, AHeldAnswerIsReleasedByTheFinalVerdict) {
  Outcome outcome;
  Waiter waiter = WaiterOf(7, Into(&outcome));
  waiter.want.wait_for_final = absl::Minutes(10);
  items_.Hold(std::move(waiter), item_, AnswerOf(item_, Queued()));
  EXPECT_EQ(items_.held(), 1U);
  items_.Tell(item_.key(), AnswerOf(item_, Queued()));
  loop_.RunPosted();
  EXPECT_FALSE(outcome.has_value());
  items_.Tell(item_.key(), AnswerOf(item_, EntryOf(1, clock_.Now())));
  loop_.RunPosted();
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(CodeOf((*outcome)->entry), ResponseCode::kPresent);
  EXPECT_EQ(items_.held(), 0U);
}

// 85 of 100 seconds; the rest is for the answer to travel.
TEST_F(QueuedItemsTest, AHeldAnswerLeavesBeforeTheDeadlineOfItsCaller) {
  Outcome outcome;
  Waiter waiter = WaiterOf(7, Into(&outcome));
  waiter.want.wait_for_final = absl::Minutes(10);
  waiter.requester.deadline = clock_.Now() + absl::Seconds(100);
  items_.Hold(std::move(waiter), item_, AnswerOf(item_, Queued()));
  loop_.Advance(absl::Milliseconds(84999));
  EXPECT_FALSE(outcome.has_value());
  loop_.Advance(absl::Milliseconds(1));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(CodeOf((*outcome)->entry), ResponseCode::kQueued);
}

TEST_F(QueuedItemsTest, HeldAnswersTakeNoPlaceOfAWatcher) {
  Outcome outcome;
  Waiter waiter = WaiterOf(7, Into(&outcome));
  waiter.want.wait_for_final = absl::Minutes(10);
  items_.Hold(std::move(waiter), item_, AnswerOf(item_, Queued()));
  Watch(1);
  EXPECT_TRUE(told_.empty());
  Watch(2);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(FailureOf(told_[0].status()).reason, "TOO_MANY_WAITING");
  EXPECT_EQ(counters_.refused.value(), 1U);
}

TEST_F(QueuedItemsTest, AfterCloseWaitersHaveWhatIsThereAndNothingIsPolled) {
  Outcome outcome;
  Waiter waiter = WaiterOf(7, Into(&outcome));
  waiter.want.wait_for_final = absl::Minutes(10);
  items_.Hold(std::move(waiter), item_, AnswerOf(item_, Queued()));
  Watch(1);
  items_.Close(absl::UnavailableError("stop"));
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(CodeOf((*outcome)->entry), ResponseCode::kQueued);
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_TRUE(absl::IsUnavailable(told_[0].status()));
  EXPECT_EQ(PollsWithin(absl::Hours(20)), 0U);
}

}  // namespace
}  // namespace vtlookup
