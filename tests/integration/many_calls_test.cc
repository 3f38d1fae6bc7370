// Tests very many calls that wait at the same time.

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <csignal>
#include <latch>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "tests/sanitizers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

using testing::HasSubstr;
using testing::Not;

// ThreadSanitizer takes gRPC's own frees for races, and compares each with all
// earlier ones, which takes a minute for a thousand calls.
constexpr int kWaitingCalls = kThreadSanitized ? 100 : 1000;

// Many Lookup calls at once, over a few connections.
class ManyCalls {
 public:
  ManyCalls(const std::string& address, int count) : done_(count) {
    for (int i = 0; i < 4; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt("connection", i);  // so that they do not share one
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

// Waits until the daemon's request to VirusTotal is open.
void AwaitRequest(const SimProgram& sim, const std::string& indicator) {
  Eventually([&] { return sim.CountOf(indicator) > 0; });
  ASSERT_EQ(sim.CountOf(indicator), 1);
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

// Waits until the daemon's metrics show this number of waiting lookups.
void AwaitWaiting(const DaemonProgram& daemon, int count) {
  httplib::Client client("http://" + daemon.HttpAddress());
  const std::string line = absl::StrCat("vtlookup_lookups_waiting ", count);
  std::string metrics;
  Eventually([&] {
    metrics = client.Get("/metrics")->body;
    return absl::StrContains(metrics, "\n" + line + "\n");
  });
  EXPECT_THAT(metrics, HasSubstr(line + "\n"));
}

// There are so many calls that they do not all complete on one queue of gRPC.
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

}  // namespace
}  // namespace vtlookup
