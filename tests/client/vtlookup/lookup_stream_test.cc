// Tests the client library against a fake daemon.

#include "vtlookup/lookup_stream.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "tests/client/vtlookup/verdict_helpers.h"
#include "vtlookup/connection.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

struct Results {
  std::mutex mu;
  std::map<uint64_t, v1::LookupResult> all;
  LookupStream::OnResult Taker() {
    return [this](uint64_t id, v1::LookupResult result) {
      const std::lock_guard<std::mutex> lock(mu);
      EXPECT_TRUE(all.emplace(id, std::move(result)).second) << id << " twice";
    };
  }
};

TEST(LookupStream, AnswersEachOnce) {
  FakeDaemon daemon;
  for (int i = 0; i < 100; ++i) {
    daemon.Answer(Domain(std::to_string(i)),
                  Verdict(1, static_cast<uint32_t>(i)));
  }
  daemon.Fail(Domain("bad"), {grpc::StatusCode::NOT_FOUND, "not cached"});
  Results results;
  {
    LookupStream stream(Client(daemon.Connect()), {.max_waiting = 10},
                        results.Taker());
    for (uint64_t i = 0; i < 1000; ++i) {
      stream.Send(i, Domain(std::to_string(i % 100)));
    }
    stream.Send(1000, Domain("bad"));
  }
  ASSERT_EQ(results.all.size(), 1001);
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(results.all[i].response().verdict().positives(), i % 100);
  }
  EXPECT_EQ(results.all[1000].error().code(), 5);
}

TEST(LookupStream, WithNothingToAskDoesNothing) {
  Results results;
  LookupStream(Client(Connect("127.0.0.1:1")), {}, results.Taker()).Finish();
  EXPECT_TRUE(results.all.empty());
}

// Answers each message of a stream, and keeps the timeout that it names.
class TimeoutService final : public v1::LookupService::Service {
 public:
  grpc::Status StreamLookup(
      grpc::ServerContext* /*context*/,
      grpc::ServerReaderWriter<v1::StreamLookupResponse,
                               v1::StreamLookupRequest>* stream) override {
    v1::StreamLookupRequest request;
    while (stream->Read(&request)) {
      seconds = request.options().timeout().seconds();
      v1::StreamLookupResponse response;
      for (const auto& item : request.items()) {
        auto* const result = response.add_answers();
        result->set_request_id(item.request_id());
        result->mutable_result()->mutable_response();
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  std::atomic<int64_t> seconds = -1;
};

TEST(LookupStream, TellsTheDaemonHowLongALookupMayWait) {
  TimeoutService service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  const auto server = builder.BuildAndStart();
  const Client client(server->InProcessChannel({}),
                      {.timeout = absl::Seconds(30)});
  Results results;
  {
    LookupStream stream(client, {}, results.Taker());
    stream.Send(1, Domain("a"));
  }
  EXPECT_LE(service.seconds, 30);
  EXPECT_GE(service.seconds, 20);
  {
    LookupStream stream(client, {.timeout = absl::Hours(1)}, results.Taker());
    stream.Send(2, Domain("a"));
  }
  EXPECT_LE(service.seconds, 3600);
  EXPECT_GE(service.seconds, 3500);
  EXPECT_EQ(results.all.size(), 2U);
}

TEST(LookupStream, FailsWhatADaemonThatIsAwayCannotAnswer) {
  Results results;
  LookupStream stream(
      Client(Connect("127.0.0.1:1"), {.timeout = absl::Milliseconds(300)}), {},
      results.Taker());
  stream.Send(1, Domain("a"));
  stream.Send(2, Domain("b"));
  stream.Finish();
  ASSERT_EQ(results.all.size(), 2);
  for (const auto& [id, result] : results.all) {
    EXPECT_EQ(result.error().code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(result.error().message(), testing::HasSubstr("127.0.0.1:1"));
  }
}

}  // namespace
}  // namespace vtlookup
