// The small parts that the resolver is made of.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/failure.h"
#include "server/caller.h"
#include "server/failure_memory.h"
#include "server/flight_queue.h"
#include "server/retry_budget.h"
#include "virustotal/failures.h"

namespace vtlookup {
namespace {

std::string PopAll(FlightQueue& queue, Lane lane) {
  std::string all;
  while (const auto key = queue.Pop(lane)) all += *key;
  return all;
}

TEST(FlightQueue, TakesOneOfEachClientInTurn) {
  FlightQueue queue;
  for (const char* key : {"1", "2", "3"}) queue.Push(Lane::kBulk, "a", key);
  for (const char* key : {"4", "5"}) queue.Push(Lane::kBulk, "b", key);
  queue.Push(Lane::kBulk, "c", "6");
  EXPECT_EQ(queue.size(), 6);
  EXPECT_EQ(PopAll(queue, Lane::kBulk), "146253");
  EXPECT_EQ(queue.size(), 0);
}

TEST(FlightQueue, MovesAndRemoves) {
  FlightQueue queue;
  queue.Push(Lane::kBulk, "a", "1");
  queue.Push(Lane::kBulk, "a", "2");
  queue.Push(Lane::kInteractive, "a", "2");
  queue.Push(Lane::kBackground, "a", "3");
  EXPECT_EQ(queue.SizeUpTo(Lane::kInteractive), 1);
  EXPECT_EQ(queue.SizeUpTo(Lane::kBulk), 2);
  EXPECT_EQ(queue.SizeUpTo(Lane::kBackground), 3);
  queue.Remove("1");
  queue.Remove("unknown");
  EXPECT_EQ(PopAll(queue, Lane::kBulk), "");
  EXPECT_EQ(PopAll(queue, Lane::kInteractive), "2");
  queue.Clear();
  EXPECT_EQ(PopAll(queue, Lane::kBackground), "");
}

TEST(FailureMemory, DoublesUpToFiveMinutesAndIsBounded) {
  FailureMemory memory(2);
  absl::Time now = absl::UnixEpoch();
  std::vector<int64_t> pauses;
  for (int i = 0; i < 9; ++i) {
    memory.Note("a", BadAnswer("x"), now);
    const auto failure = memory.Find("a", now);
    ASSERT_TRUE(failure.has_value());
    pauses.push_back(absl::ToInt64Seconds(*FailureOf(*failure).retry_after));
    now += *FailureOf(*failure).retry_after;
    EXPECT_FALSE(memory.Find("a", now).has_value());
  }
  EXPECT_EQ(pauses,
            (std::vector<int64_t>{5, 10, 20, 40, 80, 160, 300, 300, 300}));
  memory.Note("b", BadAnswer("x"), now);
  memory.Note("c", BadAnswer("x"), now);
  EXPECT_EQ(memory.size(), 2);
  EXPECT_FALSE(memory.Find("a", now).has_value()) << "the oldest has gone";
  memory.Forget("b");
  EXPECT_FALSE(memory.Find("b", now).has_value());
}

TEST(FailureMemory, VirusTotalsOwnTimeCounts) {
  FailureMemory memory(2);
  memory.Note("a", NotAvailableYet(), absl::UnixEpoch());
  EXPECT_EQ(FailureOf(*memory.Find("a", absl::UnixEpoch())).retry_after,
            absl::Minutes(1));
}

TEST(RetryBudget, IsEarnedBySuccess) {
  RetryBudget budget;
  int spent = 0;
  while (budget.Spend()) ++spent;
  EXPECT_EQ(spent, 10);
  for (int i = 0; i < 11; ++i) budget.OnSuccess();
  EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.Spend());
}

TEST(Caller, AHostIsOneClientWhateverItsPorts) {
  EXPECT_EQ(ClientOf("ipv4:10.1.2.3:4567"), "ipv4:10.1.2.3");
  EXPECT_EQ(ClientOf("ipv6:%5Bfd00::1%5D:4567"), "ipv6:%5Bfd00::1%5D");
  EXPECT_NE(ClientOf("ipv4:127.0.0.1:1"), ClientOf("ipv4:127.0.0.1:2"));
  EXPECT_NE(ClientOf("ipv6:%5B::1%5D:1"), ClientOf("ipv6:%5B::1%5D:2"));
  EXPECT_EQ(ClientOf("unix:"), "unix:");
}

}  // namespace
}  // namespace vtlookup
