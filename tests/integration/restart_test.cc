// Tests what a daemon takes over from the one before, which was stopped or
// killed.

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Daemon, AsksOnceThenAnswersFromMemoryAndAfterARestartFromDisk) {
  const TempDir dir;
  const SimProgram sim;
  const std::string url = "http://www.virustotal.com/";
  {
    DaemonProgram daemon(sim, dir.path());
    const Client client = daemon.NewClient();
    const auto first = client.Lookup(UrlIndicator(url));
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(first->source(), v1::SOURCE_VIRUSTOTAL);
    const auto second = client.Lookup(UrlIndicator(url));
    EXPECT_EQ(second->source(), v1::SOURCE_MEMORY);
    EXPECT_EQ(second->verdict().SerializeAsString(),
              first->verdict().SerializeAsString());
    daemon.program().Signal(SIGTERM);
    EXPECT_EQ(daemon.program().Wait(), 0);
  }
  DaemonProgram daemon(sim, dir.path());
  const auto third = daemon.NewClient().Lookup(UrlIndicator(url));
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->source(), v1::SOURCE_DISK);
  EXPECT_EQ(sim.CountOf(url), 1);
}

TEST(Daemon, SwitchedFromV2ToV3ServesTheOldVerdicts) {
  const TempDir dir;
  const SimProgram sim;
  const std::vector<v1::Indicator> all = {
      UrlIndicator("http://malicious.example.com/"),
      UrlIndicator("http://missing.example.com/"),
      DomainIndicator("clean.example.com"),
      FileIndicator(std::string(64, 'a'))};
  std::vector<v1::Verdict> told;
  {
    DaemonProgram daemon(sim, dir.path(), {"--virustotal.api=v2"});
    for (const v1::Indicator& indicator : all) {
      const auto answer = daemon.NewClient().Lookup(indicator);
      ASSERT_TRUE(answer.ok()) << answer.status();
      told.push_back(answer->verdict());
    }
    daemon.program().Signal(SIGTERM);
    EXPECT_EQ(daemon.program().Wait(), 0);
  }
  const size_t before = sim.Requests().size();
  DaemonProgram daemon(sim, dir.path(), {"--virustotal.api=v3"});
  for (size_t i = 0; i < all.size(); ++i) {
    const auto answer = daemon.NewClient().Lookup(all[i]);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->source(), v1::SOURCE_DISK);
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
        answer->verdict(), told[i]));
  }
  EXPECT_EQ(sim.Requests().size(), before);
  // New indicators are asked with the new API.
  ASSERT_TRUE(
      daemon.NewClient().Lookup(DomainIndicator("new.example.com")).ok());
  EXPECT_EQ(sim.Requests().back()["path"], "/api/v3/domains/new.example.com");
  EXPECT_EQ(sim.Requests().front()["path"], "/vtapi/v2/url/report");
}

// The quota is 300 requests a day. However often the daemon is killed,
// VirusTotal does not get more.
TEST(Daemon, Kill9LosesNoQuotaCount) {
  const TempDir dir;
  const SimProgram sim;
  std::vector<v1::Indicator> all;
  all.reserve(1000);
  for (int i = 0; i < 1000; ++i) {
    all.push_back(DomainIndicator("d" + std::to_string(i) + ".com"));
  }
  for (int round = 0; round < 4; ++round) {
    DaemonProgram daemon(
        sim, dir.path(),
        {"--virustotal.max_inflight=8", "--virustotal.quota.per_day=300",
         "--virustotal.quota.reserve_percent=0"});
    const size_t before = sim.Requests().size();
    const auto stub = v1::LookupService::NewStub(Connect(daemon.address()));
    grpc::ClientContext context;
    v1::BatchLookupRequest request;
    *request.mutable_indicators() = {all.begin(), all.end()};
    v1::BatchLookupResponse response;
    std::thread call([&] { stub->BatchLookup(&context, request, &response); });
    if (round < 3) {
      Eventually([&] { return sim.Requests().size() >= before + 80; });
      daemon.program().Signal(SIGKILL);
      daemon.program().Wait();
    }
    call.join();
    if (round == 3) {
      int used_up = 0;
      for (const auto& result : response.results()) {
        used_up += result.error().code() ==
                   static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED);
      }
      EXPECT_GT(used_up, 0);
    }
  }
  EXPECT_LE(sim.Requests().size(), 300);
  EXPECT_GE(sim.Requests().size(), 240);
}

TEST(Daemon, WhatWasWrittenSurvivesKill9) {
  const TempDir dir;
  const SimProgram sim;
  std::vector<v1::Indicator> all;
  all.reserve(200);
  for (int i = 0; i < 200; ++i) {
    all.push_back(DomainIndicator("d" + std::to_string(i) + ".example.com"));
  }
  {
    DaemonProgram daemon(sim, dir.path());
    for (const v1::Indicator& indicator : all) {
      ASSERT_TRUE(daemon.NewClient().Lookup(indicator).ok());
    }
    daemon.program().Signal(SIGKILL);
    EXPECT_EQ(daemon.program().Wait(), -SIGKILL);
  }
  DaemonProgram daemon(sim, dir.path());
  v1::LookupOptions only;
  only.set_cache_mode(v1::CACHE_MODE_ONLY);
  const auto batch = daemon.NewClient().BatchLookup(all, only);
  ASSERT_TRUE(batch.ok());
  // The last few may not have reached the disk.
  for (int i = 0; i < 150; ++i) {
    EXPECT_EQ(batch->results(i).response().source(), v1::SOURCE_DISK) << i;
  }
  EXPECT_THAT(daemon.Errors(), Not(HasSubstr("moved")));
}

}  // namespace
}  // namespace vtlookup
