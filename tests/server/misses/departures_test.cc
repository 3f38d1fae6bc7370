#include "server/misses/departures.h"

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <string>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/manual_loop.h"
#include "tests/server/misses/misses_helpers.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

// A quota with room for one request from `opens` on, and for one more in each
// minute after it.
class FakeQuota final : public Upstream {
 public:
  explicit FakeQuota(const Clock& clock) : clock_(clock) {}

  absl::Status CanAsk(const Indicator& /*indicator*/) const override {
    return absl::OkStatus();
  }
  Opening OpeningFor(Lane /*lane*/, size_t ahead) override {
    const absl::Time at = opens + absl::Minutes(1) * ahead;
    if (at <= clock_.Now()) return {.at = at, .why = absl::OkStatus()};
    return {.at = at, .why = QuotaUsedUp("minute", at - clock_.Now())};
  }
  void Fetch(const Indicator& /*indicator*/, Purpose /*purpose*/, Lane /*lane*/,
             Done /*done*/) override {
    ADD_FAILURE() << "only the owner of a flight fetches it";
  }

  absl::Time opens = absl::InfinitePast();

 private:
  const Clock& clock_;
};

class DeparturesTest : public testing::Test, protected Departures::Flow {
 protected:
  // A flight with a waiter of this id, whose turn must come by `limit`.
  Flight& NewFlight(std::string_view name, Lane lane = Lane::kInteractive,
                    absl::Time limit = absl::InfiniteFuture(),
                    WaiterId id = 1) {
    flights_.push_back(FlightTo(Domain(name), lane, "client"));
    AddWaiter(flights_.back(), id, limit);
    return flights_.back();
  }
  static void AddWaiter(Flight& flight, WaiterId id, absl::Time limit) {
    Waiter waiter = WaiterOf(id);
    waiter.limit = limit;
    flight.waiters.emplace(id, std::move(waiter));
  }

  void Leave(Flight& flight) override {
    left_.emplace_back(flight.indicator.text());
    departures_.OnFetch(flight);
  }
  void RefuseLate(const Flight& /*flight*/, Waiter waiter,
                  const absl::Status& why) override {
    refused_.emplace(waiter.id, FailureOf(why).reason);
  }
  void Drop(Flight& flight) override {
    dropped_.emplace_back(flight.indicator.text());
    departures_.Remove(flight);
  }

  using Texts = std::vector<std::string>;
  FakeClock clock_;
  ManualLoop loop_{clock_};
  FakeQuota quota_{clock_};
  std::list<Flight> flights_;
  Texts left_;
  Texts dropped_;
  std::map<WaiterId, std::string> refused_;
  Departures departures_{
      {.max_inflight = 2, .max_queued = 10}, clock_, loop_, quota_, *this};
};

TEST_F(DeparturesTest, NoMoreThanMaxInflightAreUnderWay) {
  for (const char* name : {"a.com", "b.com", "c.com"}) {
    departures_.Enqueue(NewFlight(name));
  }
  EXPECT_EQ(left_, (Texts{"a.com", "b.com"}));
  EXPECT_EQ(departures_.inflight(), 2U);
  EXPECT_FALSE(departures_.CanFetchNow(Lane::kInteractive));
  departures_.OnFetched(nullptr, 1);
  departures_.Dispatch();
  EXPECT_EQ(left_, (Texts{"a.com", "b.com", "c.com"}));
  EXPECT_EQ(departures_.queued(), 0U);
}

TEST_F(DeparturesTest, AQueuedFlightLeavesWhenTheQuotaOpens) {
  quota_.opens = clock_.Now() + absl::Seconds(30);
  departures_.Enqueue(NewFlight("a.com"));
  loop_.Advance(absl::Seconds(29));
  EXPECT_EQ(left_, Texts{});
  loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(left_, Texts{"a.com"});
}

// An operator has raised the quota, or set the clock.
TEST_F(DeparturesTest, AQuotaThatOpensEarlyIsSeenWithinAMinute) {
  quota_.opens = clock_.Now() + absl::Hours(5);
  departures_.Enqueue(NewFlight("a.com"));
  quota_.opens = clock_.Now();
  loop_.Advance(absl::Seconds(60));
  EXPECT_EQ(left_, Texts{"a.com"});
}

TEST_F(DeparturesTest, WaitersWhoseTurnComesTooLateAreRefusedAtOnce) {
  const absl::Time now = clock_.Now();
  quota_.opens = now + absl::Seconds(60);
  Flight& flight =
      NewFlight("a.com", Lane::kInteractive, now + absl::Seconds(59), 1);
  AddWaiter(flight, 2, now + absl::Seconds(60));
  departures_.Enqueue(flight);
  EXPECT_EQ(refused_,
            (std::map<WaiterId, std::string>{{1, "QUOTA_MINUTE_EXCEEDED"}}));
  EXPECT_EQ(flight.waiters.size(), 1U);
  EXPECT_EQ(departures_.queued(), 1U);
}

TEST_F(DeparturesTest, AFlightForWhichNobodyIsLeftIsDropped) {
  quota_.opens = clock_.Now() + absl::Seconds(60);
  departures_.Enqueue(NewFlight("a.com", Lane::kInteractive, clock_.Now()));
  EXPECT_EQ(dropped_, Texts{"a.com"});
  EXPECT_EQ(departures_.queued(), 0U);

  Flight& kept = NewFlight("b.com", Lane::kInteractive, clock_.Now(), 2);
  kept.keep = true;
  departures_.Enqueue(kept);
  EXPECT_EQ(dropped_, Texts{"a.com"}) << "it goes on though nobody waits";
  EXPECT_EQ(departures_.queued(), 1U);
}

// The turn of the second comes a minute after that of the first.
TEST_F(DeparturesTest, ANewcomerIsJudgedByItsPlaceInTheQueue) {
  const absl::Time now = clock_.Now();
  quota_.opens = now + absl::Seconds(60);
  departures_.Enqueue(NewFlight("a.com"));
  Flight& second =
      NewFlight("b.com", Lane::kInteractive, absl::InfiniteFuture(), 2);
  departures_.Enqueue(second);
  AddWaiter(second, 3, now + absl::Seconds(119));
  departures_.OnJoined(second, 3, false);
  EXPECT_TRUE(refused_.contains(3));
  AddWaiter(second, 4, now + absl::Seconds(120));
  departures_.OnJoined(second, 4, false);
  EXPECT_FALSE(refused_.contains(4));
}

TEST_F(DeparturesTest, AFlightMovesUpWithAWaiterThatIsMoreUrgent) {
  quota_.opens = clock_.Now() + absl::Seconds(60);
  departures_.Enqueue(NewFlight("a.com", Lane::kBulk));
  Flight& second = NewFlight("b.com", Lane::kBulk, absl::InfiniteFuture(), 2);
  departures_.Enqueue(second);
  AddWaiter(second, 3, absl::InfiniteFuture());
  second.lane = Lane::kInteractive;
  departures_.OnJoined(second, 3, true);
  quota_.opens = clock_.Now();
  departures_.Dispatch();
  EXPECT_EQ(left_, (Texts{"b.com", "a.com"}));
}

TEST_F(DeparturesTest, AShareIsGivenBackUnlessItIsSpent) {
  Flight& unspent = NewFlight("a.com");
  Flight& spent =
      NewFlight("b.com", Lane::kInteractive, absl::InfiniteFuture(), 2);
  Flight& next =
      NewFlight("c.com", Lane::kInteractive, absl::InfiniteFuture(), 3);
  unspent.share = spent.share = next.share = 1;
  EXPECT_TRUE(departures_.TakeShare(unspent).ok());
  EXPECT_TRUE(departures_.TakeShare(unspent).ok()) << "charged once";
  EXPECT_EQ(FailureOf(departures_.TakeShare(spent)).reason,
            "CLIENT_SHARE_USED_UP");
  departures_.Remove(unspent);
  EXPECT_TRUE(departures_.TakeShare(spent).ok());
  departures_.OnFetch(spent);
  departures_.OnFetched(&spent, 1);
  departures_.Remove(spent);
  EXPECT_FALSE(departures_.TakeShare(next).ok());
}

TEST_F(DeparturesTest, AShareIsChargedWithWhatTheFetchHasCost) {
  Flight& flight = NewFlight("a.com");
  flight.share = 3;
  const auto fetch = [&](uint32_t requests) {
    EXPECT_TRUE(departures_.TakeShare(flight).ok());
    departures_.OnFetch(flight);
    departures_.OnFetched(&flight, requests);
  };
  fetch(0);  // nothing has left
  fetch(2);  // asked, and handed in
  fetch(2);  // one request was left for the day
  EXPECT_EQ(FailureOf(departures_.TakeShare(flight)).reason,
            "CLIENT_SHARE_USED_UP");
}

// max_queued is 10: half of it for one client.
TEST_F(DeparturesTest, OneClientLeavesHalfOfTheQueueToOthers) {
  quota_.opens = clock_.Now() + absl::Hours(1);
  for (int i = 0; i < 5; ++i) {
    Flight& flight = NewFlight("a" + std::to_string(i) + ".com");
    EXPECT_TRUE(departures_.RoomFor(flight).ok());
    departures_.Enqueue(flight);
  }
  Flight& flight = NewFlight("b.com");
  EXPECT_EQ(FailureOf(departures_.RoomFor(flight)).reason, "TOO_MANY_WAITING");
  flight.client = "another";
  EXPECT_TRUE(departures_.RoomFor(flight).ok());
}

}  // namespace
}  // namespace vtlookup
