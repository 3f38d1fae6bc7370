#include "server/misses/flight_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/misses/flights.h"

namespace vtlookup {
namespace {

class FlightQueueTest : public testing::Test {
 protected:
  void Push(Lane lane, const std::string& client, char flight) {
    queue_.Push(lane, client, &FlightOf(flight));
  }
  void Remove(char flight) { queue_.Remove(&FlightOf(flight)); }

  std::string PopAll(Lane lane) {
    std::string all;
    while (Flight* const next = queue_.Pop(lane)) {
      all += static_cast<char>('0' + (next - flights_.data()));
    }
    return all;
  }

  Flight& FlightOf(char digit) {
    return flights_.at(static_cast<size_t>(digit - '0'));
  }

  std::vector<Flight> flights_ = [] {
    std::vector<Flight> flights;
    flights.reserve(10);
    for (int i = 0; i < 10; ++i) {
      flights.push_back({.indicator = *Indicator::Parse(Kind::kDomain, "a.com"),
                         .purpose = Purpose::kReport,
                         .lane = Lane::kBulk});
    }
    return flights;
  }();
  FlightQueue queue_;
};

TEST_F(FlightQueueTest, TakesOneOfEachClientInTurn) {
  for (const char flight : {'1', '2', '3'}) Push(Lane::kBulk, "a", flight);
  for (const char flight : {'4', '5'}) Push(Lane::kBulk, "b", flight);
  Push(Lane::kBulk, "c", '6');
  EXPECT_EQ(queue_.size(), 6);
  EXPECT_EQ(PopAll(Lane::kBulk), "146253");
  EXPECT_EQ(queue_.size(), 0);
}

TEST_F(FlightQueueTest, AClientThatLeavesKeepsTheTurnsOfOthers) {
  Push(Lane::kBulk, "a", '1');
  Push(Lane::kBulk, "b", '2');
  Push(Lane::kBulk, "c", '3');
  Remove('2');
  Push(Lane::kBulk, "b", '4');
  Remove('1');
  EXPECT_EQ(PopAll(Lane::kBulk), "34");
}

TEST_F(FlightQueueTest, MovesAndRemoves) {
  Push(Lane::kBulk, "a", '1');
  Push(Lane::kBulk, "a", '2');
  Push(Lane::kInteractive, "a", '2');
  Push(Lane::kBackground, "a", '3');
  EXPECT_EQ(queue_.SizeUpTo(Lane::kInteractive), 1);
  EXPECT_EQ(queue_.SizeUpTo(Lane::kBulk), 2);
  EXPECT_EQ(queue_.SizeUpTo(Lane::kBackground), 3);
  Remove('1');
  Remove('9');
  EXPECT_EQ(PopAll(Lane::kBulk), "");
  EXPECT_EQ(PopAll(Lane::kInteractive), "2");
  queue_.Clear();
  EXPECT_EQ(PopAll(Lane::kBackground), "");
}

}  // namespace
}  // namespace vtlookup
