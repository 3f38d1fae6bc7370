#include "server/misses/retries.h"

#include <gtest/gtest.h>

#include <string>

#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1795503600);

class RetriesTest : public testing::Test {
 protected:
  // A flight with one waiter, whose turn must come by `limit`.
  static Flight FlightUntil(absl::Time limit) {
    Flight flight{.indicator = *Indicator::Parse(Kind::kDomain, "a.com"),
                  .purpose = Purpose::kReport,
                  .lane = Lane::kBulk};
    flight.waiters.emplace(
        1,
        Waiter{
            .id = 1, .want = {}, .requester = {}, .done = {}, .limit = limit});
    return flight;
  }

  double random_ = 0.5;
  Retries retries_{3, [this] { return random_; }};
  const absl::Status outage_ = Outage("503");
};

TEST_F(RetriesTest, EachPauseIsTwiceAsLongAndThereAreNoMoreThanConfigured) {
  Flight flight = FlightUntil(absl::InfiniteFuture());
  EXPECT_EQ(retries_.PauseBefore(flight, outage_, kNow),
            absl::Milliseconds(500));
  EXPECT_EQ(retries_.PauseBefore(flight, outage_, kNow), absl::Seconds(1));
  EXPECT_EQ(retries_.PauseBefore(flight, outage_, kNow), absl::Seconds(2));
  EXPECT_EQ(retries_.PauseBefore(flight, outage_, kNow), std::nullopt);
  EXPECT_EQ(flight.retries, 3U);
}

TEST_F(RetriesTest, APauseIsVariedByHalf) {
  Flight flight = FlightUntil(absl::InfiniteFuture());
  random_ = 0;
  EXPECT_EQ(retries_.PauseBefore(flight, outage_, kNow),
            absl::Milliseconds(250));
  random_ = 0.75;
  EXPECT_EQ(retries_.PauseBefore(flight, outage_, kNow),
            absl::Milliseconds(1250));
}

TEST_F(RetriesTest, OnlyAnOutagePassesByItself) {
  Flight flight = FlightUntil(absl::InfiniteFuture());
  for (const absl::Status& failure :
       {BadAnswer("junk"), KeyRefused(), QuotaUsedUp("day", absl::Hours(1)),
        NotAvailableYet()}) {
    EXPECT_EQ(retries_.PauseBefore(flight, failure, kNow), std::nullopt)
        << failure;
  }
  EXPECT_EQ(flight.retries, 0U);
}

TEST_F(RetriesTest, SomebodyMustHaveTheTime) {
  Flight late = FlightUntil(kNow + absl::Milliseconds(500));
  EXPECT_EQ(retries_.PauseBefore(late, outage_, kNow), std::nullopt);
  Flight in_time = FlightUntil(kNow + absl::Milliseconds(501));
  EXPECT_TRUE(retries_.PauseBefore(in_time, outage_, kNow).has_value());
  Flight empty = FlightUntil(kNow);
  empty.waiters.clear();
  EXPECT_EQ(retries_.PauseBefore(empty, outage_, kNow), std::nullopt);
}

// Ten, and one more for each ten requests that went well.
TEST_F(RetriesTest, AllFlightsShareOneBudget) {
  const auto retries_left = [this] {
    int count = 0;
    for (;; ++count) {
      Flight flight = FlightUntil(absl::InfiniteFuture());
      if (!retries_.PauseBefore(flight, outage_, kNow).has_value()) break;
    }
    return count;
  };
  EXPECT_EQ(retries_left(), 10);
  for (int i = 0; i < 25; ++i) retries_.OnSuccess();
  EXPECT_EQ(retries_left(), 2);
}

}  // namespace
}  // namespace vtlookup
