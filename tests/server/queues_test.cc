#include "server/queues.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"

namespace vtlookup {
namespace {

TEST(OpenCalls, WhoWaitsForNoneIsHeldUntilTheLastHasEnded) {
  OpenCalls open;
  open.WaitForNone();  // there is none
  open.Begin();
  open.Begin();
  std::atomic<int> ended = 0;
  std::thread waiter([&] {
    open.WaitForNone();
    EXPECT_EQ(ended, 2);
  });
  for (int i = 0; i < 2; ++i) {
    std::this_thread::yield();
    ++ended;
    open.End();
  }
  waiter.join();
}

}  // namespace
}  // namespace vtlookup
