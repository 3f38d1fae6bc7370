// Tests the daemon's limits from outside: connections, replies, reflection.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpcpp/generic/generic_stub.h"
#include "server/transport/self_probe.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "tests/sanitizers.h"
#include "vtlookup/connection.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {
namespace {

std::string ReasonOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  for (const auto& detail : status.details()) {
    if (detail.UnpackTo(&info)) return info.reason();
  }
  return "";
}

// TCP connections that send nothing.
class SilentConnections {
 public:
  SilentConnections(const std::string& address, int count) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = 0;
    EXPECT_TRUE(
        absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
    to.sin_port = htons(static_cast<uint16_t>(port));
    for (int i = 0; i < count; ++i) {
      fds_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(
          connect(fds_.back(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    }
  }
  ~SilentConnections() {
    for (const int fd : fds_) close(fd);
  }
  SilentConnections(const SilentConnections&) = delete;
  SilentConnections& operator=(const SilentConnections&) = delete;

 private:
  std::vector<int> fds_;
};

// Waits until the daemon answers on a new connection.
absl::Status AwaitAnswer(const DaemonProgram& daemon) {
  absl::Status status = absl::UnknownError("not asked");
  Eventually([&] {
    status = daemon.NewClient(absl::Seconds(5))
                 .Lookup(DomainIndicator("example.com"))
                 .status();
    return status.ok();
  });
  return status;
}

double MetricOf(const DaemonProgram& daemon, const std::string& line) {
  httplib::Client http("http://" + daemon.HttpAddress());
  const auto metrics = http.Get("/metrics");
  if (!metrics) return -1;
  const size_t at = metrics->body.find("\n" + line + " ");
  if (at == std::string::npos) return -1;
  double value = -1;
  const size_t begin = at + line.size() + 2;
  EXPECT_TRUE(absl::SimpleAtod(
      metrics->body.substr(begin, metrics->body.find('\n', begin) - begin),
      &value));
  return value;
}

TEST(Bounds, ConnectionsOverTheLimitAreTurnedAwayAndThePortStaysOpen) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(
      sim, dir.path(),
      {"--listen.max_connections=8", "--listen.handshake_timeout=1s"});
  const Client before = daemon.NewClient();
  ASSERT_TRUE(before.Lookup(DomainIndicator("example.com")).ok());
  {
    const SilentConnections many(daemon.address(), 100);
    EXPECT_TRUE(before.Lookup(DomainIndicator("example.com")).ok())
        << "who was there before stays";
    EXPECT_LE(MetricOf(daemon, "vtlookup_connections_open"), 8);
  }
  EXPECT_TRUE(AwaitAnswer(daemon).ok());
  EXPECT_GE(
      MetricOf(daemon, "vtlookup_connections_refused_total{reason=\"full\"}"),
      80);
}

TEST(Bounds, AReplyHasNoMoreThanMaxReply) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(),
                       {"--limits.max_reply=1MiB", "--limits.max_unsent=4MiB"});
  const Client client = daemon.NewClient();
  constexpr size_t kIndicators = 1500;
  std::vector<v1::Indicator> indicators;
  indicators.reserve(kIndicators);
  for (size_t i = 0; i < kIndicators; ++i) {
    indicators.push_back(DomainIndicator(absl::StrCat("d", i, ".example.com")));
  }
  // The indicators are looked up twice: as misses, then as hits.
  for (const char* way : {"misses", "hits"}) {
    const auto reply = client.BatchLookup(indicators);
    ASSERT_TRUE(reply.ok()) << way << reply.status();
    ASSERT_EQ(reply->results_size(), 1500);
    EXPECT_TRUE(reply->results(0).has_response()) << way;
    const google::rpc::Status& last = reply->results(1499).error();
    EXPECT_EQ(last.code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << way;
    EXPECT_EQ(ReasonOf(last), "REPLY_TOO_LARGE") << way;
    size_t answered = 0;
    for (const auto& result : reply->results()) {
      answered += result.has_response() ? result.ByteSizeLong() : 0;
    }
    EXPECT_GT(answered, 900U << 10) << way;
    EXPECT_LT(answered, 1200U << 10) << way;
  }
}

// A batch whose reply the client does not read.
class UnreadCall {
 public:
  UnreadCall(v1::LookupService::Stub& stub,
             const v1::BatchLookupRequest& request)
      : rpc_(stub.AsyncBatchLookup(&context_, request, &queue_)) {
    // Sends the request, and reads only the headers of the reply.
    rpc_->ReadInitialMetadata(this);
  }
  ~UnreadCall() {
    context_.TryCancel();
    rpc_->Finish(&response_, &status_, this);
    void* tag = nullptr;
    bool ok = false;
    while (events_ < 2 && queue_.Next(&tag, &ok)) ++events_;
    queue_.Shutdown();
  }
  // gRPC's client makes progress only while a thread waits for events.
  void Move() {
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_REALTIME)) ==
        grpc::CompletionQueue::GOT_EVENT) {
      ++events_;
    }
  }
  UnreadCall(const UnreadCall&) = delete;
  UnreadCall& operator=(const UnreadCall&) = delete;

 private:
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  v1::BatchLookupResponse response_;
  grpc::Status status_;
  int events_ = 0;  // there are two: the headers, and the end
  std::unique_ptr<grpc::ClientAsyncResponseReader<v1::BatchLookupResponse>>
      rpc_;
};

TEST(Bounds, RepliesThatAreNotReadAreRefusedAtTheLimit) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(),
                       {"--limits.max_reply=1MiB", "--limits.max_unsent=4MiB"});
  v1::BatchLookupRequest request;
  for (int i = 0; i < 200; ++i) {
    request.add_indicators()->set_domain(absl::StrCat("d", i, ".example.com"));
  }
  const Client honest = daemon.NewClient();
  ASSERT_TRUE(honest
                  .BatchLookup({request.indicators().begin(),
                                request.indicators().end()})
                  .ok());
  // Each stream may have 64 KiB on the way at most, so that the rest of its
  // reply waits in the daemon.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 65'535);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  const auto stub = v1::LookupService::NewStub(grpc::CreateCustomChannel(
      daemon.address(), grpc::InsecureChannelCredentials(), arguments));
  constexpr size_t kCalls = 40;
  std::vector<std::unique_ptr<UnreadCall>> calls;
  calls.reserve(kCalls);
  for (size_t i = 0; i < kCalls; ++i) {
    calls.push_back(std::make_unique<UnreadCall>(*stub, request));
  }
  EXPECT_TRUE(Eventually([&] {
    for (const auto& call : calls) call->Move();
    return MetricOf(daemon, "vtlookup_unsent_refused_total") >= 1;
  }));
  EXPECT_LE(MetricOf(daemon, "vtlookup_unsent_bytes"), 4 << 20);
  EXPECT_TRUE(honest.Lookup(DomainIndicator("d1.example.com")).ok())
      << "others are answered meanwhile";
  calls.clear();
  EXPECT_TRUE(Eventually(
      [&] { return MetricOf(daemon, "vtlookup_unsent_bytes") == 0; }));
}

// Calls that no handler of ours counts: a monitor's health checks with long
// headers, and methods that only a newer daemon has.
TEST(Bounds, HonestCallsAreNotTakenForAnAttack) {
  if (kThreadSanitized) GTEST_SKIP() << "it takes minutes";
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const auto channel =
      grpc::CreateChannel(daemon.address(), grpc::InsecureChannelCredentials());
  const auto health = grpc::health::v1::Health::NewStub(channel);
  grpc::GenericStub generic(channel);
  grpc::CompletionQueue queue;
  for (int i = 0; i < 7000; ++i) {
    grpc::ClientContext context;
    context.AddMetadata("x-request", absl::StrCat(i, std::string(60, 'x')));
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status checked = health->Check(&context, {}, &response);
    ASSERT_TRUE(checked.ok()) << i << ": " << checked.error_message();
    grpc::ClientContext unknown;
    const auto call =
        generic.PrepareUnaryCall(&unknown, "/vtlookup.v1.LookupService/Newer",
                                 grpc::ByteBuffer(), &queue);
    call->StartCall();
    grpc::ByteBuffer reply;
    grpc::Status status;
    call->Finish(&reply, &status, &status);
    void* tag = nullptr;
    bool ok = false;
    ASSERT_TRUE(queue.Next(&tag, &ok));
    ASSERT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED)
        << i << ": " << status.error_message();
  }
}

// A client with client-side health checks (gRFC A17) goes on after
// UNIMPLEMENTED, and takes every other status for "unhealthy".
TEST(Bounds, FurtherHealthWatchesDoNotMeanUnhealthy) {
  const TempDir dir;
  const SimProgram sim({"--fault", "*=present"});
  DaemonProgram daemon(sim, dir.path());
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetServiceConfigJSON(
      R"({"healthCheckConfig": {"serviceName": ""}})");
  std::vector<std::unique_ptr<v1::LookupService::Stub>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(v1::LookupService::NewStub(grpc::CreateCustomChannel(
        daemon.address(), grpc::InsecureChannelCredentials(), arguments)));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(20));
    v1::LookupRequest request;
    *request.mutable_indicator() = DomainIndicator("a.com");
    v1::LookupResponse response;
    const grpc::Status status =
        clients.back()->Lookup(&context, request, &response);
    EXPECT_TRUE(status.ok()) << i << ": " << status.error_message();
  }
}

TEST(Bounds, ReflectionDescribesTheServicesToAFewAtATime) {
  using grpc::reflection::v1::ServerReflection;
  using grpc::reflection::v1::ServerReflectionRequest;
  using grpc::reflection::v1::ServerReflectionResponse;
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const auto stub = ServerReflection::NewStub(grpc::CreateChannel(
      daemon.address(), grpc::InsecureChannelCredentials()));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  const auto open = [&] {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    return stub->ServerReflectionInfo(contexts.back().get());
  };
  ServerReflectionRequest list;
  list.set_list_services("");
  std::vector<decltype(open())> held;
  for (int i = 0; i < 8; ++i) {
    held.push_back(open());
    ServerReflectionResponse response;
    ASSERT_TRUE(held.back()->Write(list));
    ASSERT_TRUE(held.back()->Read(&response)) << i;
    EXPECT_EQ(response.list_services_response().service(0).name(),
              "vtlookup.v1.LookupService");
  }
  auto ninth = open();
  ninth->Write(list);
  ServerReflectionResponse response;
  EXPECT_FALSE(ninth->Read(&response));
  EXPECT_EQ(ninth->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  for (const auto& context : contexts) context->TryCancel();
  for (const auto& stream : held) stream->Finish();
}

TEST(Bounds, ReflectionIsOffWhereItIsSaid) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(), {"--listen.reflection=false"});
  const auto stub =
      grpc::reflection::v1::ServerReflection::NewStub(grpc::CreateChannel(
          daemon.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  EXPECT_EQ(stub->ServerReflectionInfo(&context)->Finish().error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(Bounds, ACompressedRequestIsRefusedAndSaysSo) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const auto stub = v1::LookupService::NewStub(grpc::CreateChannel(
      daemon.address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::LookupRequest request;
  // Long enough for gRPC's client to compress it.
  request.mutable_indicator()->set_url("http://example.com/" +
                                       std::string(4000, 'x'));
  v1::LookupResponse response;
  EXPECT_EQ(stub->Lookup(&context, request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

// A batch that takes long to parse does not hold up other calls.
TEST(Bounds, InternationalisedNamesByTheThousandAreAnsweredAllTheSame) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  std::vector<v1::Indicator> indicators;
  for (int i = 0; i < 300; ++i) {
    indicators.push_back(
        DomainIndicator(absl::StrCat("b\xc3\xbc", "cher", i, ".com")));
    indicators.push_back(DomainIndicator(absl::StrCat("plain", i, ".com")));
  }
  const auto reply = daemon.NewClient().BatchLookup(indicators);
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->results_size(), 600);
  for (int i = 0; i < 600; i += 2) {
    const auto& name =
        reply->results(i).response().verdict().indicator().domain();
    EXPECT_TRUE(absl::StartsWith(name, "xn--bcher")) << i << " " << name;
    EXPECT_EQ(reply->results(i + 1).response().verdict().indicator().domain(),
              absl::StrCat("plain", i / 2, ".com"));
  }
}

TEST(Bounds, TheDaemonAnswersItsOwnProbe) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const absl::Status status = ProbeListener(
      daemon.address(), ListenerTls::kNone, absl::Seconds(10), [](int) {});
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace vtlookup
