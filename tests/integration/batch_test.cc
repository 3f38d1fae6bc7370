// Tests BatchLookup.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/programs.h"

namespace vtlookup {
namespace {

TEST(Daemon, ABatchKeepsOrderCostsDuplicatesOnceAndFailsByItem) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken.example.com=status:503"});
  DaemonProgram daemon(sim, dir.path());
  std::vector<v1::Indicator> items = {DomainIndicator("clean.example.com"),
                                      DomainIndicator("broken.example.com"),
                                      DomainIndicator("CLEAN.example.com"),
                                      v1::Indicator(),
                                      DomainIndicator("not a domain"),
                                      DomainIndicator("missing.example.com"),
                                      DomainIndicator("clean.example.com.")};
  const auto batch = daemon.NewClient().BatchLookup(items);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->results_size(), 7);
  EXPECT_EQ(batch->results(0).response().verdict().response_code(), 1);
  EXPECT_EQ(batch->results(1).error().code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(batch->results(2).response().verdict().response_code(), 1);
  EXPECT_EQ(batch->results(3).error().code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(batch->results(4).response().verdict().response_code(), -1);
  EXPECT_EQ(batch->results(5).response().verdict().response_code(), 0);
  EXPECT_EQ(batch->results(6).response().verdict().indicator().domain(),
            "clean.example.com");
  EXPECT_EQ(sim.CountOf("clean.example.com"), 1);
}

TEST(Daemon, ABatchGivesWhatItHasBeforeTheDeadline) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang.example.com=hang"});
  DaemonProgram daemon(sim, dir.path());
  const auto batch = daemon.NewClient(absl::Seconds(2))
                         .BatchLookup({DomainIndicator("clean.example.com"),
                                       DomainIndicator("hang.example.com")});
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_TRUE(batch->results(0).has_response());
  EXPECT_EQ(batch->results(1).error().code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

// If the final verdict does not come in time, the queued verdict is the answer.
TEST(Daemon, ABatchGetsTheQueuedVerdictAtItsDeadline) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  v1::LookupOptions options;
  options.mutable_wait_for_final()->set_seconds(60);
  const auto batch =
      daemon.NewClient(absl::Seconds(2))
          .BatchLookup({UrlIndicator("http://queued.example.com/"),
                        UrlIndicator("http://a.com/")},
                       options);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->results(0).response().verdict().response_code(), -2)
      << batch->results(0).DebugString();
}

TEST(Daemon, ABatchOfTenThousandIsAnsweredAndOneMoreIsRefused) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  std::vector<v1::Indicator> items;
  items.reserve(10001);
  for (int i = 0; i < 10000; ++i) {
    items.push_back(DomainIndicator("d" + std::to_string(i) + ".example.com"));
  }
  const Client client = daemon.NewClient(absl::Seconds(120));
  v1::LookupOptions summary;
  summary.set_view(v1::VIEW_SUMMARY);
  const auto batch = client.BatchLookup(items, summary);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->results_size(), 10000);
  for (int i = 0; i < 10000; ++i) {
    ASSERT_EQ(batch->results(i).response().verdict().indicator().domain(),
              items[static_cast<size_t>(i)].domain());
  }
  EXPECT_EQ(sim.Requests().size(), 10000);
  items.push_back(items[0]);
  EXPECT_TRUE(absl::IsInvalidArgument(client.BatchLookup(items).status()));
}

}  // namespace
}  // namespace vtlookup
