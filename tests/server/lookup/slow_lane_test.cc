#include "server/lookup/slow_lane.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/fakes/manual_executor.h"

namespace vtlookup {
namespace {

class SlowLaneTest : public testing::Test {
 protected:
  SlowLaneTest() { queue_->hold = true; }
  // The tasks end before the lane dies.
  ~SlowLaneTest() override { queue_->RunAll(); }

  bool Run(const std::string& client) {
    return lane_.Run(client, [this, client] { ran_ += client; });
  }

  const std::shared_ptr<ManualExecutor::Queue> queue_ =
      std::make_shared<ManualExecutor::Queue>();
  ManualExecutor executor_{queue_};
  SlowLane lane_{executor_};
  std::string ran_;
};

TEST_F(SlowLaneTest, RunsATaskOnItsExecutor) {
  EXPECT_TRUE(Run("a"));
  EXPECT_EQ(ran_, "");
  queue_->RunAll();
  EXPECT_EQ(ran_, "a");
}

TEST_F(SlowLaneTest, AClientHasAPartOfItOnly) {
  EXPECT_TRUE(Run("a"));
  EXPECT_TRUE(Run("a"));
  EXPECT_FALSE(Run("a"));
  EXPECT_TRUE(Run("b"));
  queue_->RunAll();
  EXPECT_EQ(ran_, "aab");  // what was refused never runs
  EXPECT_TRUE(Run("a"));
}

TEST_F(SlowLaneTest, IsFull) {
  for (const char* client : {"a", "b", "c", "d"}) EXPECT_TRUE(Run(client));
  EXPECT_FALSE(Run("e"));
  EXPECT_FALSE(Run("a"));
  queue_->RunAll();
  EXPECT_EQ(ran_, "abcd");
  // A refusal took no place: all are free again.
  for (const char* client : {"a", "a", "e", "e"}) EXPECT_TRUE(Run(client));
  EXPECT_FALSE(Run("b"));
}

TEST_F(SlowLaneTest, ATaskHasItsPlaceUntilItHasEnded) {
  bool second = true;
  bool third = true;
  ASSERT_TRUE(lane_.Run("a", [&] {
    second = Run("a");
    third = Run("a");
  }));
  queue_->RunAll();
  EXPECT_TRUE(second);
  EXPECT_FALSE(third);
}

}  // namespace
}  // namespace vtlookup
