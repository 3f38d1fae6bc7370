// Tests that a lookup waits for the quota as long as its caller does, whichever
// rpc it comes by.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "google/protobuf/util/time_util.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "tests/integration/stream_helpers.h"
#include "vtlookup/lookup_stream.h"

namespace vtlookup {
namespace {

using google::protobuf::util::TimeUtil;

// A call about one indicator, whose caller waits for `seconds`. Returns the
// status of the lookup, or of the call.
using Ask = std::function<int(const DaemonProgram& daemon, int seconds,
                              grpc::ClientContext* context)>;

struct Rpc {
  const char* name;
  Ask ask;
};

void SetDeadline(int seconds, grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::seconds(seconds));
}

int AskOne(const DaemonProgram& daemon, int seconds,
           grpc::ClientContext* context) {
  SetDeadline(seconds, context);
  v1::LookupRequest request;
  *request.mutable_indicator() = DomainIndicator("b.com");
  v1::LookupResponse response;
  return StubOf(daemon)->Lookup(context, request, &response).error_code();
}

int AskBatch(const DaemonProgram& daemon, int seconds,
             grpc::ClientContext* context) {
  SetDeadline(seconds, context);
  v1::BatchLookupRequest request;
  *request.add_indicators() = DomainIndicator("b.com");
  v1::BatchLookupResponse response;
  const grpc::Status status =
      StubOf(daemon)->BatchLookup(context, request, &response);
  return status.ok() ? response.results(0).error().code()
                     : static_cast<int>(status.error_code());
}

int AskStream(const DaemonProgram& daemon, int seconds,
              grpc::ClientContext* context) {
  const auto stub = StubOf(daemon);
  const auto stream = stub->StreamLookup(context);
  v1::StreamLookupRequest request = Item(1, DomainIndicator("b.com"));
  *request.mutable_options()->mutable_timeout() =
      TimeUtil::SecondsToDuration(seconds);
  stream->Write(request);
  v1::StreamLookupResponse response;
  if (!stream->Read(&response)) return stream->Finish().error_code();
  stream->WritesDone();
  return response.result().error().code();
}

int AskWatch(const DaemonProgram& daemon, int seconds,
             grpc::ClientContext* context) {
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = DomainIndicator("b.com");
  *request.mutable_options()->mutable_timeout() =
      TimeUtil::SecondsToDuration(seconds);
  const auto stub = StubOf(daemon);
  const auto stream = stub->WatchLookup(context, request);
  v1::WatchLookupResponse response;
  while (stream->Read(&response)) {
  }
  return stream->Finish().error_code();
}

class WaitingTest : public testing::TestWithParam<Rpc> {
 protected:
  WaitingTest() {
    EXPECT_TRUE(daemon_.NewClient().Lookup(DomainIndicator("a.com")).ok());
  }

  bool SomebodyWaits() const {
    httplib::Client http("http://" + daemon_.HttpAddress());
    const auto metrics = http.Get("/metrics");
    return metrics &&
           absl::StrContains(metrics->body, "\nvtlookup_lookups_waiting 1\n");
  }

  const TempDir dir_;
  const SimProgram sim_;
  DaemonProgram daemon_{sim_, dir_.path(), {"--virustotal.quota.per_minute=1"}};
};

TEST_P(WaitingTest, ItIsRefusedAtOnceWhenItsTurnComesTooLate) {
  grpc::ClientContext context;
  EXPECT_EQ(GetParam().ask(daemon_, 20, &context),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_P(WaitingTest, ItWaitsWhenItsTurnComesInTime) {
  grpc::ClientContext context;
  int code = 0;
  std::thread call([&] { code = GetParam().ask(daemon_, 180, &context); });
  EXPECT_TRUE(Eventually([&] { return SomebodyWaits(); }));
  context.TryCancel();
  call.join();
  EXPECT_EQ(code, grpc::StatusCode::CANCELLED);
}

INSTANTIATE_TEST_SUITE_P(Rpcs, WaitingTest,
                         testing::Values(Rpc{"Lookup", AskOne},
                                         Rpc{"BatchLookup", AskBatch},
                                         Rpc{"StreamLookup", AskStream},
                                         Rpc{"WatchLookup", AskWatch}),
                         [](const auto& rpc) { return rpc.param.name; });

// The client library tells the daemon how long its caller waits. In this test
// the daemon refuses a lookup after half a second if it has neither a deadline
// nor a timeout.
TEST(Waiting, AStreamOfTheClientWaitsAsLongAsItsTimeout) {
  const TempDir dir;
  const SimProgram sim({"--fault", "slow.com=latency:2s"});
  DaemonProgram daemon(
      sim, dir.path(),
      {"--virustotal.max_inflight=1", "--limits.wait_without_deadline=500ms"});
  std::thread first([&] {
    EXPECT_TRUE(daemon.NewClient().Lookup(DomainIndicator("slow.com")).ok());
  });
  EXPECT_TRUE(Eventually([&] { return sim.CountOf("slow.com") > 0; }));
  v1::LookupResult result;
  LookupStream stream(
      daemon.NewClient(), {},
      [&](uint64_t, v1::LookupResult got) { result = std::move(got); });
  stream.Send(1, DomainIndicator("c.com"));
  stream.Finish();
  EXPECT_TRUE(result.has_response()) << result.error().message();
  first.join();
}

}  // namespace
}  // namespace vtlookup
