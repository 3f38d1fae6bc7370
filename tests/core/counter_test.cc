#include "core/counter.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace vtlookup {
namespace {

TEST(Counter, LosesNothingThatThreadsAdd) {
  Counter counter;
  EXPECT_EQ(counter.value(), 0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&counter] {
      for (int n = 0; n < 10000; ++n) counter.Add();
      counter.Add(5);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 4 * 10005);
}

}  // namespace
}  // namespace vtlookup
