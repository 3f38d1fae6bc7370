#include "virustotal/http/curl_loop.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <thread>
#include <vector>

namespace vtlookup {
namespace {

TEST(CurlLoop, RunsTasksInOrderOnOneThread) {
  CurlLoop loop(HttpOptions{});
  std::vector<int> order;  // loop only
  std::latch done(1);
  for (int i = 0; i < 100; ++i) {
    loop.Post([&order, i] { order.push_back(i); });
  }
  loop.Post([&done] { done.count_down(); });
  done.wait();
  loop.Stop();
  ASSERT_EQ(order.size(), 100);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(CurlLoop, ManyThreadsMayPost) {
  CurlLoop loop(HttpOptions{});
  int sum = 0;  // loop only
  std::latch all(4000);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        loop.Post([&] {
          ++sum;
          all.count_down();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  all.wait();
  loop.Stop();
  EXPECT_EQ(sum, 4000);
}

TEST(CurlLoop, TimersRunInTheOrderOfTheirTimes) {
  CurlLoop loop(HttpOptions{});
  std::vector<int> order;  // loop only
  std::latch done(1);
  loop.Post([&] {
    loop.After(absl::Milliseconds(20), [&] {
      order.push_back(3);
      done.count_down();
    });
    loop.After(absl::Milliseconds(1), [&] { order.push_back(1); });
    loop.After(absl::Milliseconds(10), [&] { order.push_back(2); });
    const auto cancelled =
        loop.After(absl::Milliseconds(5), [&] { order.push_back(99); });
    loop.CancelTimer(cancelled);
    loop.CancelTimer(cancelled);
  });
  done.wait();
  loop.Stop();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(CurlLoop, ARefusedConnectionIsUnavailable) {
  CurlLoop loop(HttpOptions{});
  std::latch done(1);
  absl::Status status;
  loop.Post([&] {
    loop.Start({.url = "http://127.0.0.1:1/secret-key",
                .form = std::nullopt,
                .headers = {}},
               [&](const absl::StatusOr<HttpResponse>& response) {
                 status = response.status();
                 done.count_down();
               });
  });
  done.wait();
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(status.message().find("secret"), absl::string_view::npos);
}

TEST(CurlLoop, OnlyHttpIsSpoken) {
  CurlLoop loop(HttpOptions{});
  std::latch done(1);
  loop.Post([&] {
    loop.Start(
        {.url = "file:///etc/passwd", .form = std::nullopt, .headers = {}},
        [&](const absl::StatusOr<HttpResponse>& response) {
          EXPECT_TRUE(absl::IsUnavailable(response.status()));
          done.count_down();
        });
  });
  done.wait();
}

TEST(CurlLoop, StopDropsWhatIsLeftAndWhatComesLater) {
  const auto token = std::make_shared<int>(0);
  const std::weak_ptr<int> watch = token;
  {
    CurlLoop loop(HttpOptions{});
    std::latch started(1);
    loop.Post([&loop, &started, token] {
      loop.After(absl::Hours(1), [token] { FAIL(); });
      started.count_down();
    });
    started.wait();
    loop.Stop();
    loop.Post([token] { FAIL(); });
    loop.Stop();
  }
  EXPECT_EQ(watch.use_count(), 1);
}

}  // namespace
}  // namespace vtlookup
