// Tests WatchLookup, and lookups that wait for the final verdict.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <csignal>
#include <tuple>
#include <vector>

#include "tests/integration/programs.h"
#include "tests/integration/stream_helpers.h"

namespace vtlookup {
namespace {

TEST(Watch, TellsWhatIsKnownThenTheFinalVerdict) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "1s"});
  DaemonProgram daemon(sim, dir.path(), {"--cache.ttl.queued=1s"});
  grpc::ClientContext context;
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = UrlIndicator("http://missing-malicious.com/");
  request.set_until_final(true);
  const auto stream = StubOf(daemon)->WatchLookup(&context, request);
  std::vector<int> codes;
  v1::WatchLookupResponse response;
  while (stream->Read(&response)) {
    codes.push_back(response.response().verdict().response_code());
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(codes, (std::vector<int>{-2, 1}));
}

TEST(Watch, HearsOfWhatOthersHaveRefreshed) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "0s"});
  DaemonProgram daemon(sim, dir.path(),
                       {"--virustotal.submit_missing_urls=false"});
  const v1::Indicator url = UrlIndicator("http://missing.com/");
  grpc::ClientContext context;
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = url;
  const auto stream = StubOf(daemon)->WatchLookup(&context, request);
  v1::WatchLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().verdict().response_code(), 0);
  ASSERT_TRUE(daemon.NewClient().SubmitUrl("http://missing.com/").ok());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().verdict().response_code(), -2);
  v1::LookupOptions refresh;
  refresh.set_cache_mode(v1::CACHE_MODE_REFRESH);
  ASSERT_TRUE(daemon.NewClient().Lookup(url, refresh).ok());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.response().verdict().response_code(), 1);
  context.TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(Watch, EndsAtOnceWhereNothingCanChange) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const auto stub = StubOf(daemon);
  for (const auto& [indicator, answers, code] :
       {std::tuple(DomainIndicator("db.corp"), 1, grpc::StatusCode::OK),
        std::tuple(v1::Indicator(), 0, grpc::StatusCode::INVALID_ARGUMENT)}) {
    grpc::ClientContext context;
    v1::WatchLookupRequest request;
    *request.mutable_indicator() = indicator;
    const auto stream = stub->WatchLookup(&context, request);
    v1::WatchLookupResponse response;
    int read = 0;
    while (stream->Read(&response)) ++read;
    EXPECT_EQ(read, answers);
    EXPECT_EQ(stream->Finish().error_code(), code);
  }
}

TEST(Watch, EndsWhenTheDaemonStops) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  grpc::ClientContext context;
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = DomainIndicator("a.com");
  const auto stream = StubOf(daemon)->WatchLookup(&context, request);
  v1::WatchLookupResponse response;
  ASSERT_TRUE(stream->Read(&response));
  daemon.program().Signal(SIGTERM);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(daemon.program().Wait(), 0);
}

TEST(WaitForFinal, HoldsTheAnswerBack) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "1s"});
  DaemonProgram daemon(sim, dir.path(), {"--cache.ttl.queued=1s"});
  v1::LookupOptions options;
  options.mutable_wait_for_final()->set_seconds(20);
  const auto answer = daemon.NewClient().Lookup(
      UrlIndicator("http://missing-malicious.com/"), options);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->verdict().response_code(), 1);
  EXPECT_GT(answer->verdict().positives(), 0);
}

}  // namespace
}  // namespace vtlookup
