#include "core/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace vtlookup {
namespace {

TEST(ThreadPool, RunsEachTaskOnceAndFinishesBeforeItDies) {
  std::atomic<int> runs{0};
  {
    ThreadPool pool(4);
    for (int i = 0; i < 1000; ++i) pool.Run([&runs] { ++runs; });
  }
  EXPECT_EQ(runs, 1000);
}

TEST(ThreadPool, RunsTasksBesideEachOther) {
  ThreadPool pool(2);
  std::latch both(2);
  std::latch done(2);
  // Each task waits for the other, so one thread alone would wait for ever.
  for (int i = 0; i < 2; ++i) {
    pool.Run([&] {
      both.arrive_and_wait();
      done.count_down();
    });
  }
  done.wait();
}

}  // namespace
}  // namespace vtlookup
