// The daemon as a program, with a real database and real HTTP to vtsim.

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <latch>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "tests/integration/programs.h"
#include "tests/sanitizers.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

// ThreadSanitizer takes gRPC's own frees for races and compares each with all
// before, which takes it a minute for a thousand calls.
constexpr int kWaitingCalls = kThreadSanitized ? 100 : 1000;

// Many Lookup calls at once, over a few connections.
class ManyCalls {
 public:
  ManyCalls(const std::string& address, int count) : done_(count) {
    for (int i = 0; i < 4; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("connection", i);  // else they would share one
      arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
      stubs_.push_back(v1::LookupService::NewStub(grpc::CreateCustomChannel(
          address, grpc::InsecureChannelCredentials(), arguments)));
    }
  }

  struct Call {
    grpc::ClientContext context;
    v1::LookupRequest request;
    v1::LookupResponse response;
    grpc::Status status;
  };

  Call& Start(const v1::Indicator& indicator) {
    Call& call = calls_.emplace_back();
    *call.request.mutable_indicator() = indicator;
    stubs_[calls_.size() % stubs_.size()]->async()->Lookup(
        &call.context, &call.request, &call.response,
        [this, &call](grpc::Status status) {
          call.status = std::move(status);
          ++finished_;
          done_.count_down();
        });
    return call;
  }

  void WaitForAll() { done_.wait(); }
  int finished() const { return finished_; }
  std::list<Call>& calls() { return calls_; }

 private:
  std::vector<std::unique_ptr<v1::LookupService::Stub>> stubs_;
  std::list<Call> calls_;
  std::atomic<int> finished_{0};
  std::latch done_;
};

// Until the daemon holds the request open at VirusTotal.
void AwaitRequest(const SimProgram& sim, const std::string& indicator) {
  const absl::Duration end = MonotonicTime() + absl::Seconds(20);
  while (sim.CountOf(indicator) == 0 && MonotonicTime() < end) {
  }
  ASSERT_EQ(sim.CountOf(indicator), 1);
}

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
  // And what is new is asked in the new way.
  ASSERT_TRUE(
      daemon.NewClient().Lookup(DomainIndicator("new.example.com")).ok());
  EXPECT_EQ(sim.Requests().back()["path"], "/api/v3/domains/new.example.com");
  EXPECT_EQ(sim.Requests().front()["path"], "/vtapi/v2/url/report");
}

TEST(Daemon, AScanFromSubmissionToReport) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "0s"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  const auto queued =
      client.Lookup(UrlIndicator("http://missing.example.com/"));
  ASSERT_TRUE(queued.ok()) << queued.status();
  EXPECT_EQ(queued->verdict().response_code(), -2);
  v1::Indicator scan;
  scan.set_url_scan_id(queued->verdict().scan_id());
  const auto report = client.Lookup(scan);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->verdict().response_code(), 1);
  EXPECT_EQ(report->verdict().url().url(), "http://missing.example.com/");
}

TEST(Daemon, ReadsTheQuotasOfItsUser) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(), {"--virustotal.user=ann"});
  const absl::Duration end = MonotonicTime() + absl::Seconds(20);
  while (daemon.Errors().find("of 500 requests of the day") ==
             std::string::npos &&
         MonotonicTime() < end) {
  }
  EXPECT_THAT(daemon.Errors(), HasSubstr("1 of 500 requests of the day"));
  EXPECT_EQ(sim.Requests().at(0)["path"], "/api/v3/users/ann/overall_quotas");
}

// Nobody waits for it: it is asked again from what is to spare.
TEST(Daemon, AsksAgainByItselfUntilAVerdictIsFinal) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(
      sim, dir.path(),
      {"--cache.ttl.queued=1s", "--cache.ttl.queued_max=1s",
       "--virustotal.quota.per_minute=100", "--virustotal.quota.per_day=1000"});
  const std::string url = "http://queued.example.com/";
  ASSERT_TRUE(daemon.NewClient().Lookup(UrlIndicator(url)).ok());
  const absl::Duration end = MonotonicTime() + absl::Seconds(20);
  while (sim.Requests().size() < 4 && MonotonicTime() < end) {
    std::this_thread::yield();
  }
  EXPECT_GE(sim.Requests().size(), 4U);
}

// The queued verdict is an answer, too, when the final one does not come.
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

// 300 requests a day: however often the daemon is killed, VirusTotal gets no
// more.
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
    const absl::Duration end = MonotonicTime() + absl::Seconds(20);
    while (round < 3 && sim.Requests().size() < before + 80 &&
           MonotonicTime() < end) {
    }
    if (round < 3) {
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
  // The last few may have been on their way to the disk.
  for (int i = 0; i < 150; ++i) {
    EXPECT_EQ(batch->results(i).response().source(), v1::SOURCE_DISK) << i;
  }
  EXPECT_THAT(daemon.Errors(), Not(HasSubstr("moved")));
}

TEST(Daemon, AThousandAsksForOneIndicatorMakeOneRequest) {
  const TempDir dir;
  const SimProgram sim({"--fault", "slow.example.com=latency:1s"});
  DaemonProgram daemon(sim, dir.path());
  ManyCalls calls(daemon.address(), 1000);
  for (int i = 0; i < 1000; ++i)
    calls.Start(DomainIndicator("slow.example.com"));
  AwaitRequest(sim, "slow.example.com");
  int left = 0;
  for (ManyCalls::Call& call : calls.calls()) {
    if (left++ % 10 == 0) call.context.TryCancel();
  }
  calls.WaitForAll();
  int index = 0;
  for (const ManyCalls::Call& call : calls.calls()) {
    const bool cancelled = index++ % 10 == 0;
    EXPECT_EQ(call.status.ok(), !cancelled) << call.status.error_message();
  }
  EXPECT_EQ(sim.CountOf("slow.example.com"), 1);
}

// Until as many lookups wait, as the daemon's metrics have it.
void AwaitWaiting(const DaemonProgram& daemon, int count) {
  httplib::Client client("http://" + daemon.HttpAddress());
  const std::string line = absl::StrCat("vtlookup_lookups_waiting ", count);
  const absl::Duration end = MonotonicTime() + absl::Seconds(20);
  std::string metrics;
  while (!absl::StrContains(metrics, "\n" + line + "\n") &&
         MonotonicTime() < end) {
    metrics = client.Get("/metrics")->body;
  }
  EXPECT_THAT(metrics, HasSubstr(line + "\n"));
}

// So many that they are not all at one of gRPC's queues.
TEST(Daemon, WaitingCallsThatLeaveAreNoticedAndHoldUpNoHit) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang.example.com=hang"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  ASSERT_TRUE(client.Lookup(DomainIndicator("clean.example.com")).ok());
  constexpr int kCalls = kThreadSanitized ? 600 : 2000;
  ManyCalls calls(daemon.address(), kCalls);
  for (int i = 0; i < kCalls; ++i) {
    calls.Start(DomainIndicator("hang.example.com"));
  }
  AwaitWaiting(daemon, kCalls);
  const auto hit = client.Lookup(DomainIndicator("clean.example.com"));
  ASSERT_TRUE(hit.ok()) << hit.status();
  EXPECT_EQ(hit->source(), v1::SOURCE_MEMORY);
  for (ManyCalls::Call& call : calls.calls()) call.context.TryCancel();
  calls.WaitForAll();
  AwaitWaiting(daemon, 0);
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0) << daemon.Errors();
}

TEST(Daemon, SigtermDuringAThousandWaitingCallsEndsCleanly) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang.example.com=hang"});
  DaemonProgram daemon(sim, dir.path());
  ManyCalls calls(daemon.address(), kWaitingCalls);
  for (int i = 0; i < kWaitingCalls; ++i) {
    calls.Start(DomainIndicator("hang.example.com"));
  }
  AwaitRequest(sim, "hang.example.com");
  EXPECT_EQ(calls.finished(), 0);
  const absl::Duration begin = MonotonicTime();
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
  const absl::Duration took = MonotonicTime() - begin;
  calls.WaitForAll();
  EXPECT_LT(took, absl::Seconds(5));
  RecordProperty("shutdown_ms",
                 static_cast<int>(absl::ToInt64Milliseconds(took)));
  for (const ManyCalls::Call& call : calls.calls()) {
    EXPECT_EQ(call.status.error_code(), grpc::StatusCode::UNAVAILABLE)
        << call.status.error_message();
  }
}

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

TEST(Daemon, AFileIsFoundByEachOfItsHashes) {
  const TempDir dir;
  const SimProgram sim({"--fault", "*=present"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  const std::string md5(32, 'a');
  const auto first = client.Lookup(FileIndicator(md5));
  ASSERT_TRUE(first.ok()) << first.status();
  const v1::FileReport& file = first->verdict().file();
  EXPECT_EQ(file.md5(), md5);
  for (const std::string& hash : {file.sha1(), file.sha256()}) {
    const auto other = client.Lookup(FileIndicator(hash));
    EXPECT_EQ(other->source(), v1::SOURCE_MEMORY);
    EXPECT_EQ(other->verdict().indicator().file_hash(), hash);
    EXPECT_EQ(other->verdict().file().md5(), md5);
  }
  EXPECT_EQ(sim.Requests().size(), 1);
}

TEST(Daemon, SubmitUrlQueuesAScanWhoseIdCanBeLookedUp) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  const auto verdict = client.SubmitUrl("http://scan.example.com/");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->response_code(), -2);
  EXPECT_EQ(verdict->indicator().url(), "http://scan.example.com/");
  v1::Indicator scan;
  scan.set_url_scan_id(verdict->scan_id());
  const auto report = client.Lookup(scan);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->verdict().response_code(), -2);
  EXPECT_EQ(client.SubmitUrl("nonsense//")->response_code(), -1);
}

TEST(Daemon, SaysThatItsCacheOrItsPortIsTaken) {
  const TempDir dir;
  const TempDir other;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const TempDir errors;
  Program same_cache(
      "vtlookupd",
      {"--listen.address=127.0.0.1:0", "--cache.path=" + dir.path()},
      {"VT_API_KEY=x"}, errors / "cache");
  EXPECT_EQ(same_cache.Wait(), 1);
  Program same_port(
      "vtlookupd",
      {"--listen.address=" + daemon.address(), "--cache.path=" + other.path()},
      {"VT_API_KEY=x"}, errors / "port");
  EXPECT_EQ(same_port.Wait(), 1);
  const auto text = [&](const char* name) {
    std::ifstream in(errors / name);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_THAT(text("cache"), HasSubstr("in use by another process"));
  EXPECT_THAT(text("port"), HasSubstr("cannot listen on"));
}

TEST(Daemon, TheKeyTravelsInTheBodyAndIsWrittenNowhere) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken.example.com=status:500", "--fault",
                        "reset.example.com=reset"});
  DaemonProgram daemon(sim, dir.path(), {"--log.level=debug"});
  const Client client = daemon.NewClient();
  std::string seen;
  for (const char* name :
       {"clean.example.com", "broken.example.com", "reset.example.com"}) {
    const auto answer = client.Lookup(DomainIndicator(name));
    seen += answer.ok() ? answer->DebugString()
                        : std::string(answer.status().message());
    const auto url = client.Lookup(UrlIndicator("http://" + std::string(name)));
    seen += url.ok() ? url->DebugString() : std::string(url.status().message());
  }
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
  seen += daemon.Errors() + daemon.program().ReadAll();
  EXPECT_THAT(seen, Not(HasSubstr(DaemonProgram::kApiKey)));
  for (const auto& request : sim.Requests()) {
    const bool get_only = request["path"] == "/vtapi/v2/domain/report";
    EXPECT_EQ(request["key_in_query"], get_only) << request;
  }
}

}  // namespace
}  // namespace vtlookup
