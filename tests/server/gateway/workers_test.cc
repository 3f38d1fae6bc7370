#include "server/gateway/workers.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <string>
#include <thread>

namespace vtlookup {
namespace {

TEST(GatewayWorkers, ATaskOfATaskRunsAtOnce) {
  std::latch done(1);
  std::thread::id outer;
  std::thread::id inner;
  GatewayWorkers workers(1);
  workers.Run([&] {
    outer = std::this_thread::get_id();
    bool ran = false;
    workers.Run([&] {
      inner = std::this_thread::get_id();
      ran = true;
    });
    EXPECT_TRUE(ran);
    done.count_down();
  });
  done.wait();
  EXPECT_EQ(outer, inner);
  EXPECT_NE(outer, std::this_thread::get_id());
}

TEST(GatewayWorkers, AQueuedTaskOfATaskLetsOthersGoFirst) {
  std::latch begun(1);
  std::latch go_on(1);
  std::latch done(2);
  std::string order;
  GatewayWorkers workers(1);
  workers.Run([&] {
    begun.count_down();
    go_on.wait();
    workers.Queue([&] {
      order += "own";
      done.count_down();
    });
    order += "first ";
  });
  begun.wait();
  workers.Run([&] {
    order += "other ";
    done.count_down();
  });
  go_on.count_down();
  done.wait();
  EXPECT_EQ(order, "first other own");
}

TEST(GatewayWorkers, AfterStopOnlyRunningTasksEnd) {
  std::latch begun(1);
  std::latch go_on(1);
  bool ended = false;
  bool later = false;
  {
    GatewayWorkers workers(1);
    workers.Run([&] {
      begun.count_down();
      go_on.wait();
      ended = true;
    });
    workers.Run([&] { later = true; });
    begun.wait();
    workers.Stop();
    go_on.count_down();
  }
  EXPECT_TRUE(ended);
  EXPECT_FALSE(later);
}

}  // namespace
}  // namespace vtlookup
