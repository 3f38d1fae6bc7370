// Every fault of vtsim has the status of the contract, is never cached, and
// never keeps a hit waiting.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <string>

#include "client/connection.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/programs.h"

namespace vtlookup {
namespace {

struct FaultCase {
  const char* name;
  const char* fault;
  grpc::StatusCode code;
  const char* reason;
  bool retry_info;
};

constexpr FaultCase kCases[] = {
    {"s204", "status:204", grpc::StatusCode::RESOURCE_EXHAUSTED,
     "QUOTA_MINUTE_EXCEEDED", true},
    {"s400", "status:400", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"s401", "status:401", grpc::StatusCode::FAILED_PRECONDITION,
     "API_KEY_REFUSED", false},
    {"s403", "status:403", grpc::StatusCode::FAILED_PRECONDITION,
     "API_KEY_REFUSED", false},
    {"s404", "status:404", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"s500", "status:500", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"s503", "status:503", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"cut", "cut:100", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_UNREACHABLE",
     true},
    {"cutatonce", "cut:0", grpc::StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_UNREACHABLE", true},
    {"junk", "junk", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"html", "html", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"empty", "empty", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"reset", "reset", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_UNREACHABLE",
     true},
    {"hang", "hang", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_UNREACHABLE",
     true},
    {"late", "latency:30s", grpc::StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_UNREACHABLE", true},
    {"slow", "slow:30s", grpc::StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_UNREACHABLE", true},
    {"big", "big:3000000", grpc::StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
};

class FaultTest : public testing::TestWithParam<FaultCase> {
 protected:
  struct Outcome {
    grpc::Status status;
    google::rpc::Status details;
    v1::LookupResponse response;
    std::string pushback;  // what clients that retry on their own are told
  };

  static Outcome Ask(v1::LookupService::Stub& stub,
                     const v1::Indicator& indicator,
                     v1::CacheMode mode = v1::CACHE_MODE_UNSPECIFIED) {
    Outcome outcome;
    grpc::ClientContext context;
    v1::LookupRequest request;
    *request.mutable_indicator() = indicator;
    request.mutable_options()->set_cache_mode(mode);
    outcome.status = stub.Lookup(&context, request, &outcome.response);
    outcome.details.ParseFromString(outcome.status.error_details());
    const auto& trailers = context.GetServerTrailingMetadata();
    const auto pushback = trailers.find("grpc-retry-pushback-ms");
    if (pushback != trailers.end()) {
      outcome.pushback =
          std::string(pushback->second.data(), pushback->second.size());
    }
    return outcome;
  }
};

TEST_P(FaultTest, HasItsStatusAndIsNotCached) {
  const FaultCase& fault = GetParam();
  const TempDir dir;
  const SimProgram sim({"--fault", std::string("bad.example=") + fault.fault});
  DaemonProgram daemon(
      sim, dir.path(),
      {"--virustotal.timeout=1s", "--virustotal.max_body=1MiB"});
  // No retries of the client's: each status is looked at.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  const auto stub = v1::LookupService::NewStub(grpc::CreateCustomChannel(
      daemon.address(), grpc::InsecureChannelCredentials(), arguments));
  const v1::Indicator good = UrlIndicator("http://clean.example/");
  ASSERT_TRUE(Ask(*stub, good).status.ok());

  const v1::Indicator bad = UrlIndicator("http://bad.example/");
  const Outcome outcome = Ask(*stub, bad);
  EXPECT_EQ(outcome.status.error_code(), fault.code)
      << outcome.status.error_message();
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  bool has_retry = false;
  for (const auto& detail : outcome.details.details()) {
    detail.UnpackTo(&info);
    has_retry |= detail.UnpackTo(&retry);
  }
  EXPECT_EQ(info.reason(), fault.reason);
  EXPECT_EQ(has_retry, fault.retry_info);
  // Asking VirusTotal again is the caller's decision, not a library's.
  EXPECT_EQ(outcome.pushback,
            fault.code == grpc::StatusCode::UNAVAILABLE ? "-1" : "");

  EXPECT_EQ(Ask(*stub, bad, v1::CACHE_MODE_ONLY).status.error_code(),
            grpc::StatusCode::NOT_FOUND);
  const Outcome hit = Ask(*stub, good);
  EXPECT_TRUE(hit.status.ok());
  EXPECT_EQ(hit.response.source(), v1::SOURCE_MEMORY);
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultTest, testing::ValuesIn(kCases),
                         [](const auto& item) { return item.param.name; });

TEST(Faults, HitsAreServedWhileVirusTotalHangs) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(sim, dir.path());
  const auto stub = v1::LookupService::NewStub(Connect(daemon.address()));
  const Client client = daemon.NewClient();
  const v1::Indicator good = DomainIndicator("clean.example");
  ASSERT_TRUE(client.Lookup(good).ok());
  // Five hundred misses that nobody answers.
  grpc::ClientContext context;
  v1::BatchLookupRequest request;
  for (int i = 0; i < 500; ++i) {
    *request.add_indicators() =
        DomainIndicator("hang" + std::to_string(i) + ".example");
  }
  v1::BatchLookupResponse response;
  std::latch ended(1);
  stub->async()->BatchLookup(&context, &request, &response,
                             [&](const grpc::Status&) { ended.count_down(); });
  for (int i = 0; i < 1000; ++i) {
    const auto hit = client.Lookup(good);
    ASSERT_TRUE(hit.ok());
    ASSERT_EQ(hit->source(), v1::SOURCE_MEMORY);
  }
  context.TryCancel();
  ended.wait();
}

TEST(Faults, OneHangingRequestHoldsUpNoOther) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(sim, dir.path());
  // The very first request: curl knows no connection yet.
  EXPECT_FALSE(daemon.NewClient(absl::Milliseconds(300))
                   .Lookup(DomainIndicator("hang.example"))
                   .ok());
  const auto answer = daemon.NewClient(absl::Seconds(10))
                          .Lookup(DomainIndicator("clean.example"));
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST(Faults, ACompressedAndAPlainAnswerReadTheSame) {
  const TempDir dir;
  const SimProgram sim({"--fault", "plain=plain"});
  DaemonProgram daemon(sim, dir.path());
  for (const char* name : {"clean.example", "clean-plain.example"}) {
    const auto answer = daemon.NewClient().Lookup(DomainIndicator(name));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->verdict().response_code(), 1);
  }
}

TEST(Faults, AWrongKeyIsToldAsSuch) {
  const TempDir dir;
  const SimProgram sim({"--key", "another"});
  DaemonProgram daemon(sim, dir.path());
  EXPECT_TRUE(absl::IsFailedPrecondition(
      daemon.NewClient().Lookup(DomainIndicator("a.example")).status()));
}

TEST(Faults, TheQuotaOfTheServiceIsHeeded) {
  const TempDir dir;
  const SimProgram sim({"--quota", "2"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  for (int i = 0; i < 6; ++i) {
    const auto answer =
        client.Lookup(DomainIndicator("d" + std::to_string(i) + ".example"));
    EXPECT_EQ(absl::IsResourceExhausted(answer.status()), i >= 2)
        << i << answer.status();
  }
  // The third told; no further one was wasted.
  EXPECT_EQ(sim.Requests().size(), 3);
}

}  // namespace
}  // namespace vtlookup
