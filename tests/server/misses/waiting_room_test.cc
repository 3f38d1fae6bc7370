#include "server/misses/waiting_room.h"

#include <utility>
#include <vector>

#include "core/failure.h"
#include "gtest/gtest.h"

namespace vtlookup {
namespace {

class WaitingRoomTest : public testing::Test {
 protected:
  bool Enter(const std::string& client, Lane lane = Lane::kBulk) {
    WaitingRoom::Seat seat;
    const absl::Status status = room_.Enter(client, lane, &seat);
    EXPECT_EQ(status.ok(), seat.taken());
    if (!status.ok()) {
      EXPECT_EQ(FailureOf(status).reason, "TOO_MANY_WAITING");
    }
    if (seat.taken()) seats_.push_back(std::move(seat));
    return status.ok();
  }
  int EnterMany(const std::string& client, int count) {
    int entered = 0;
    for (int i = 0; i < count; ++i) entered += Enter(client) ? 1 : 0;
    return entered;
  }

  WaitingRoom room_{100};
  std::vector<WaitingRoom::Seat> seats_;
};

TEST_F(WaitingRoomTest, OneClientLeavesHalfOfItToOthers) {
  EXPECT_EQ(EnterMany("greedy", 200), 50);
  EXPECT_TRUE(Enter("modest"));
  EXPECT_FALSE(Enter("greedy"));
  seats_.erase(seats_.begin());
  EXPECT_TRUE(Enter("greedy"));
}

TEST_F(WaitingRoomTest, ATenthIsForInteractiveLookups) {
  EXPECT_EQ(EnterMany("a", 50) + EnterMany("b", 50), 90);
  EXPECT_FALSE(Enter("c"));
  EXPECT_TRUE(Enter("c", Lane::kInteractive));
}

TEST_F(WaitingRoomTest, ItIsNeverMoreThanFull) {
  for (const char* client : {"a", "b", "c"}) {
    for (int i = 0; i < 100; ++i) Enter(client, Lane::kInteractive);
  }
  EXPECT_EQ(seats_.size(), 100U);
  seats_.clear();
  EXPECT_EQ(EnterMany("a", 200), 50);
}

TEST_F(WaitingRoomTest, ASmallRoomHasASeatForAnybody) {
  WaitingRoom room(1);
  WaitingRoom::Seat seat;
  EXPECT_TRUE(room.Enter("a", Lane::kBulk, &seat).ok());
  EXPECT_FALSE(room.Enter("b", Lane::kInteractive, &seat).ok());
}

}  // namespace
}  // namespace vtlookup
