// Tests that every fault of vtsim gives the status that the contract names, is
// never cached, and never holds up a hit.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <latch>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

struct FaultCase {
  const char* name;
  const char* api;
  const char* fault;
  grpc::StatusCode code;
  const char* reason;
  bool retry_info;
};

using grpc::StatusCode;

constexpr FaultCase kCases[] = {
    // Faults that API v2 reports by the HTTP status alone.
    {"v2_204", "v2", "status:204", StatusCode::RESOURCE_EXHAUSTED,
     "QUOTA_MINUTE_EXCEEDED", true},
    {"v2_400", "v2", "status:400", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v2_401", "v2", "status:401", StatusCode::FAILED_PRECONDITION,
     "API_KEY_REFUSED", false},
    {"v2_403", "v2", "status:403", StatusCode::FAILED_PRECONDITION,
     "API_KEY_REFUSED", false},
    {"v2_404", "v2", "status:404", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v2_500", "v2", "status:500", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v2_503", "v2", "status:503", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v2_html", "v2", "html", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v2_empty", "v2", "empty", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    // Each error code of v3; NotFoundError and InvalidArgumentError are
    // verdicts.
    {"v3_BadRequest", "v3", "error:400:BadRequestError",
     StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"v3_NotAvailableYet", "v3", "error:400:NotAvailableYet",
     StatusCode::UNAVAILABLE, "VIRUSTOTAL_NOT_AVAILABLE_YET", true},
    {"v3_UnselectiveContentQuery", "v3",
     "error:400:UnselectiveContentQueryError", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_FAILED", true},
    {"v3_UnsupportedContentQuery", "v3",
     "error:400:UnsupportedContentQueryError", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_FAILED", true},
    {"v3_AuthenticationRequired", "v3", "error:401:AuthenticationRequiredError",
     StatusCode::FAILED_PRECONDITION, "API_KEY_REFUSED", false},
    {"v3_UserNotActive", "v3", "error:401:UserNotActiveError",
     StatusCode::FAILED_PRECONDITION, "API_KEY_REFUSED", false},
    {"v3_WrongCredentials", "v3", "error:401:WrongCredentialsError",
     StatusCode::FAILED_PRECONDITION, "API_KEY_REFUSED", false},
    {"v3_Forbidden", "v3", "error:403:ForbiddenError",
     StatusCode::FAILED_PRECONDITION, "API_KEY_NOT_ALLOWED", false},
    {"v3_AlreadyExists", "v3", "error:409:AlreadyExistsError",
     StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"v3_FailedDependency", "v3", "error:424:FailedDependencyError",
     StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"v3_QuotaExceeded", "v3", "error:429:QuotaExceededError",
     StatusCode::RESOURCE_EXHAUSTED, "QUOTA_MINUTE_EXCEEDED", true},
    {"v3_TooManyRequests", "v3", "error:429:TooManyRequestsError",
     StatusCode::RESOURCE_EXHAUSTED, "VIRUSTOTAL_TOO_MANY_REQUESTS", true},
    {"v3_Transient", "v3", "error:503:TransientError", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_FAILED", true},
    {"v3_DeadlineExceeded", "v3", "error:504:DeadlineExceededError",
     StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"v3_500", "v3", "status:500", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v3_html404", "v3", "html:404", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_FAILED", true},
    {"v3_html403", "v3", "html:403", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_FAILED", true},
    {"v3_html", "v3", "html", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    {"v3_empty", "v3", "empty", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
    // Faults of the transport, which have nothing to do with the API.
    {"cut", "v3", "cut:100", StatusCode::UNAVAILABLE, "VIRUSTOTAL_UNREACHABLE",
     true},
    {"cutatonce", "v3", "cut:0", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_UNREACHABLE", true},
    {"junk", "v3", "junk", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED", true},
    {"reset", "v3", "reset", StatusCode::UNAVAILABLE, "VIRUSTOTAL_UNREACHABLE",
     true},
    {"hang", "v3", "hang", StatusCode::UNAVAILABLE, "VIRUSTOTAL_UNREACHABLE",
     true},
    {"late", "v3", "latency:30s", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_UNREACHABLE", true},
    {"slow", "v3", "slow:30s", StatusCode::UNAVAILABLE,
     "VIRUSTOTAL_UNREACHABLE", true},
    {"big", "v3", "big:3000000", StatusCode::UNAVAILABLE, "VIRUSTOTAL_FAILED",
     true},
};

class FaultTest : public testing::TestWithParam<FaultCase> {
 protected:
  struct Outcome {
    grpc::Status status;
    google::rpc::Status details;
    v1::LookupResponse response;
    std::string pushback;  // grpc-retry-pushback-ms, for clients that retry
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
  const SimProgram sim(
      {"--fault", std::string("bad.example.com=") + fault.fault});
  DaemonProgram daemon(
      sim, dir.path(),
      {std::string("--virustotal.api=") + fault.api, "--virustotal.timeout=1s",
       "--virustotal.max_body=1MiB"});
  // The client must not retry, because the test checks each status.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  const auto stub = v1::LookupService::NewStub(grpc::CreateCustomChannel(
      daemon.address(), grpc::InsecureChannelCredentials(), arguments));
  const v1::Indicator good = UrlIndicator("http://clean.example.com/");
  ASSERT_TRUE(Ask(*stub, good).status.ok());

  const v1::Indicator bad = UrlIndicator("http://bad.example.com/");
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
  // Whether to ask VirusTotal again is the decision of the caller, not of its
  // gRPC library.
  EXPECT_EQ(outcome.pushback,
            fault.code == grpc::StatusCode::UNAVAILABLE ? "-1" : "");

  EXPECT_EQ(Ask(*stub, bad, v1::CACHE_MODE_ONLY).status.error_code(),
            grpc::StatusCode::NOT_FOUND);
  const Outcome hit = Ask(*stub, good);
  EXPECT_TRUE(hit.status.ok());
  EXPECT_EQ(hit.response.source(), v1::SOURCE_MEMORY);
  // API v3 repeats the key and the URL in its error messages.
  EXPECT_EQ(outcome.status.error_message().find(DaemonProgram::kApiKey),
            std::string::npos);
  EXPECT_EQ(daemon.Errors().find(DaemonProgram::kApiKey), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Faults, FaultTest, testing::ValuesIn(kCases),
                         [](const auto& item) { return item.param.name; });

TEST(Faults, TwoErrorsOfV3AreVerdictsAndKept) {
  const TempDir dir;
  const SimProgram sim({"--fault", "gone=error:404:NotFoundError", "--fault",
                        "odd=error:400:InvalidArgumentError"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  for (const auto& [name, code] :
       {std::pair("gone.example.com", 0), std::pair("odd.example.com", -1)}) {
    const auto first = client.Lookup(DomainIndicator(name));
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(first->verdict().response_code(), code);
    EXPECT_EQ(client.Lookup(DomainIndicator(name))->source(),
              v1::SOURCE_MEMORY);
    EXPECT_EQ(sim.CountOf(name), 1);
  }
}

TEST(Faults, HitsAreServedWhileVirusTotalHangs) {
  const TempDir dir;
  const SimProgram sim({"--fault", "hang=hang"});
  DaemonProgram daemon(sim, dir.path());
  const auto stub = v1::LookupService::NewStub(Connect(daemon.address()));
  const Client client = daemon.NewClient();
  const v1::Indicator good = DomainIndicator("clean.example.com");
  ASSERT_TRUE(client.Lookup(good).ok());
  // Five hundred misses that VirusTotal never answers.
  grpc::ClientContext context;
  v1::BatchLookupRequest request;
  for (int i = 0; i < 500; ++i) {
    *request.add_indicators() =
        DomainIndicator("hang" + std::to_string(i) + ".example.com");
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
  // This is the first request, so curl has no connection yet.
  EXPECT_FALSE(daemon.NewClient(absl::Milliseconds(300))
                   .Lookup(DomainIndicator("hang.example.com"))
                   .ok());
  const auto answer = daemon.NewClient(absl::Seconds(10))
                          .Lookup(DomainIndicator("clean.example.com"));
  EXPECT_TRUE(answer.ok()) << answer.status();
}

TEST(Faults, ACompressedAndAPlainAnswerReadTheSame) {
  const TempDir dir;
  const SimProgram sim({"--fault", "plain=plain"});
  DaemonProgram daemon(sim, dir.path());
  for (const char* name : {"clean.example.com", "clean-plain.example.com"}) {
    const auto answer = daemon.NewClient().Lookup(DomainIndicator(name));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->verdict().response_code(), 1);
  }
}

TEST(Faults, AWrongKeyIsToldAsSuchAndNotRepeated) {
  for (const char* api : {"v2", "v3"}) {
    const TempDir dir;
    const SimProgram sim({"--key", "another"});
    DaemonProgram daemon(sim, dir.path(),
                         {std::string("--virustotal.api=") + api});
    const absl::Status status =
        daemon.NewClient().Lookup(DomainIndicator("a.example.com")).status();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_EQ(status.ToString().find(DaemonProgram::kApiKey),
              std::string::npos);
    EXPECT_EQ(daemon.Errors().find(DaemonProgram::kApiKey), std::string::npos);
  }
}

TEST(Faults, TheQuotaOfTheServiceIsHeeded) {
  const TempDir dir;
  const SimProgram sim({"--quota", "2"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  for (int i = 0; i < 6; ++i) {
    const auto answer = client.Lookup(
        DomainIndicator("d" + std::to_string(i) + ".example.com"));
    EXPECT_EQ(absl::IsResourceExhausted(answer.status()), i >= 2)
        << i << answer.status();
  }
  // The third answer said that the quota is used up, and no further request was
  // made.
  EXPECT_EQ(sim.Requests().size(), 3);
}

// The answer arrives while the daemon is stopped. It is in the socket when the
// clock says that the time for the answer is over.
TEST(Faults, AnAnswerThatCameWhileTheDaemonStoodStillCounts) {
  const SimProgram sim({"--fault", "slow=latency:1s"});
  const TempDir dir;
  DaemonProgram daemon(
      sim, dir.path(),
      {"--virustotal.timeout=2s", "--virustotal.max_retries=0"});
  const Client client = daemon.NewClient();
  absl::Status status = absl::UnknownError("not asked");
  std::thread asking([&] {
    status = client.Lookup(DomainIndicator("slow.example.com")).status();
  });
  EXPECT_TRUE(Eventually([&] { return sim.CountOf("slow.example.com") > 0; }));
  daemon.program().Signal(SIGSTOP);
  absl::SleepFor(absl::Seconds(4));
  daemon.program().Signal(SIGCONT);
  asking.join();
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace vtlookup
