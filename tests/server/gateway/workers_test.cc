#include "server/gateway/workers.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <thread>

namespace vtlookup {
namespace {

TEST(GatewayWorkers, ATaskMayRunItsLastPartAtOnce) {
  std::latch done(2);
  std::thread::id outer;
  std::thread::id inner;
  std::thread::id later;
  GatewayWorkers workers(1);
  workers.Run([&] {
    outer = std::this_thread::get_id();
    bool ran = false;
    workers.RunAtOnce([&] {
      inner = std::this_thread::get_id();
      ran = true;
    });
    EXPECT_TRUE(ran);
    workers.Run([&] {
      later = std::this_thread::get_id();
      done.count_down();
    });
    done.count_down();
  });
  done.wait();
  EXPECT_EQ(outer, inner);
  EXPECT_EQ(outer, later);
  EXPECT_NE(outer, std::this_thread::get_id());
}

TEST(GatewayWorkers, ATaskOfATaskWaitsForThoseBefore) {
  std::latch done(1);
  std::string order;
  GatewayWorkers workers(1);
  workers.Run([&] {
    workers.Run([&] {
      order += "c";
      done.count_down();
    });
    order += "b";
  });
  done.wait();
  EXPECT_EQ(order, "bc");
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
