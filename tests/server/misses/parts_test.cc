// Tests the small parts of the resolver.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "server/clients/call_context.h"
#include "server/misses/failure_backoff.h"
#include "server/misses/flight_queue.h"
#include "server/misses/flights.h"
#include "server/misses/retry_budget.h"
#include "server/verdicts/verdict_keeper.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "virustotal/http/failures.h"

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
                         .ask = Ask::kReport,
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

TEST(Flights, AReportAndASubmissionFlyApart) {
  const auto url = *Indicator::Parse(Kind::kUrl, "http://a.com/");
  Flights flights;
  const auto add = [&](Ask ask) {
    return &flights.Add({.indicator = url, .ask = ask, .lane = Lane::kBulk});
  };
  Flight* const report = add(Ask::kReport);
  Flight* const submission = add(Ask::kSubmit);
  EXPECT_EQ(flights.Find(url, Ask::kReport), report);
  EXPECT_EQ(flights.Find(url, Ask::kReportOrSubmit), report);
  EXPECT_EQ(flights.Find(url, Ask::kSubmit), submission);
  EXPECT_EQ(flights.Remove(*report).get(), report);
  EXPECT_EQ(flights.Find(url, Ask::kReportOrSubmit), nullptr);
  EXPECT_EQ(flights.RemoveAll().size(), 1);
  EXPECT_EQ(flights.Find(url, Ask::kSubmit), nullptr);
}

class VerdictKeeperTest : public testing::Test {
 protected:
  VerdictKeeper::Kept Keep(Ask ask, int code, absl::Status missing) {
    Upstream::Reply reply{.verdict = {}, .missing = std::move(missing)};
    reply.verdict->set_response_code(code);
    return keeper_.Keep(*Indicator::Parse(Kind::kUrl, "http://a.com/"), ask,
                        std::move(reply), nullptr, false, now_);
  }

  const absl::Time now_ = absl::FromUnixSeconds(1795503600);
  const v1::CacheConfig config_ = [] {
    v1::CacheConfig config;
    config.mutable_ttl()->mutable_present()->set_seconds(3600);
    config.mutable_ttl()->mutable_missing()->set_seconds(3600);
    config.mutable_ttl()->mutable_queued()->set_seconds(60);
    return config;
  }();
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  VerdictKeeper keeper_{config_, cache_};
};

// The scan of a URL could not be asked for: soon it can.
TEST_F(VerdictKeeperTest, KeepsForAShortTimeWhatMissesAPart) {
  EXPECT_GT(Keep(Ask::kReportOrSubmit, 0, absl::OkStatus()).entry.fresh_until,
            now_ + absl::Minutes(50));
  EXPECT_EQ(Keep(Ask::kReportOrSubmit, 0, absl::UnavailableError("503"))
                .entry.fresh_until,
            now_ + absl::Seconds(60));
}

TEST_F(VerdictKeeperTest, AScanThatIsQueuedHidesNoReport) {
  EXPECT_TRUE(Keep(Ask::kReport, 1, absl::OkStatus()).stored);
  EXPECT_FALSE(Keep(Ask::kSubmit, -2, absl::OkStatus()).stored);
}

TEST(FailureBackoff, DoublesUpToFiveMinutesAndIsBounded) {
  FailureBackoff memory(2);
  absl::Duration now = absl::Hours(1);
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

TEST(FailureBackoff, VirusTotalsOwnTimeCounts) {
  FailureBackoff memory(2);
  memory.Note("a", NotAvailableYet(), absl::Hours(1));
  EXPECT_EQ(FailureOf(*memory.Find("a", absl::Hours(1))).retry_after,
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
