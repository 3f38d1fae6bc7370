// The client against a daemon of tests.

#include "vtlookup/client.h"

#include <gmock/gmock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "tests/client/vtlookup/verdict_helpers.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

TEST(Client, AnswersWithoutBlocking) {
  FakeDaemon daemon;
  daemon.Answer(Domain("evil.com"), Verdict(1, 5));
  const Client client(daemon.Connect());
  std::promise<absl::StatusOr<v1::LookupResponse>> answer;
  client.LookupAsync(Domain("evil.com"),
                     [&answer](absl::StatusOr<v1::LookupResponse> response) {
                       answer.set_value(std::move(response));
                     });
  EXPECT_EQ(answer.get_future().get()->verdict().positives(), 5);
  std::promise<absl::StatusOr<v1::Verdict>> submitted;
  client.SubmitUrlAsync("http://a.com/",
                        [&submitted](absl::StatusOr<v1::Verdict> verdict) {
                          submitted.set_value(std::move(verdict));
                        });
  EXPECT_TRUE(submitted.get_future().get().ok());
}

TEST(Client, MayGoBeforeItsAnswerComes) {
  FakeDaemon daemon;
  for (int i = 0; i < 100; ++i) {
    std::promise<bool> answered;
    Client(daemon.Connect())
        .LookupAsync(Domain("a.com"),
                     [&answered](const absl::StatusOr<v1::LookupResponse>& r) {
                       answered.set_value(r.ok());
                     });
    EXPECT_TRUE(answered.get_future().get());
  }
}

TEST(Client, OpensAFurtherConnectionWhenTheOthersAreFull) {
  FakeDaemon first;
  FakeDaemon second;
  for (FakeDaemon* daemon : {&first, &second}) {
    daemon->Answer(Domain("new.com"), Verdict(-2));
  }
  first.Answer(Domain("a.com"), Verdict(1, 1));
  second.Answer(Domain("a.com"), Verdict(1, 2));
  const std::vector<std::shared_ptr<grpc::Channel>> channels = {
      first.Connect(), second.Connect()};
  const Client client(channels, {.calls_per_connection = 1});
  EXPECT_EQ(client.Lookup(Domain("a.com"))->verdict().positives(), 1);
  EXPECT_EQ(client.Lookup(Domain("a.com"))->verdict().positives(), 1)
      << "the first call has ended";
  uint32_t positives = 0;
  // While the watch is open, it fills the first connection.
  const absl::Status watched =
      client.Watch(Domain("new.com"), false, [&](const v1::LookupResponse&) {
        positives = client.Lookup(Domain("a.com"))->verdict().positives();
        return false;
      });
  EXPECT_TRUE(watched.ok()) << watched;
  EXPECT_EQ(positives, 2U);
  EXPECT_EQ(client.Lookup(Domain("a.com"))->verdict().positives(), 1);
}

TEST(Client, WatchesUntilFinalOrUntilItHasEnough) {
  FakeDaemon daemon;
  daemon.Answer(Domain("new.com"), Verdict(-2));
  const Client client(daemon.Connect());
  std::vector<int> codes;
  const auto watched = client.Watch(
      Domain("new.com"), true, [&](const v1::LookupResponse& response) {
        codes.push_back(response.verdict().response_code());
        daemon.Answer(Domain("new.com"), Verdict(1, 2));
        return true;
      });
  EXPECT_TRUE(watched.ok()) << watched;
  EXPECT_THAT(codes, testing::ElementsAre(-2, 1));
  EXPECT_TRUE(client
                  .Watch(Domain("new.com"), false,
                         [](const v1::LookupResponse&) { return false; })
                  .ok());
}

// A daemon that keeps what it was sent, and says one thing.
class Recorder final : public v1::LookupService::Service {
 public:
  explicit Recorder(grpc::Status status) : status_(std::move(status)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  std::shared_ptr<grpc::Channel> Connect() {
    return server_->InProcessChannel(grpc::ChannelArguments());
  }

  grpc::Status Lookup(grpc::ServerContext* context,
                      const v1::LookupRequest* request,
                      v1::LookupResponse*) override {
    asked = *request;
    authorization.clear();
    for (const auto& [name, value] : context->client_metadata()) {
      if (name == "authorization") authorization = {value.data(), value.size()};
    }
    return status_;
  }

  v1::LookupRequest asked;
  std::string authorization;

 private:
  const grpc::Status status_;
  std::unique_ptr<grpc::Server> server_;
};

TEST(Client, SendsItsTokenAndTheOptions) {
  Recorder daemon(grpc::Status::OK);
  v1::LookupOptions options;
  options.set_cache_mode(v1::CACHE_MODE_ONLY);
  ASSERT_TRUE(Client(daemon.Connect(), {.token = "s3cret"})
                  .Lookup(Domain("a.com"), options)
                  .ok());
  EXPECT_EQ(daemon.authorization, "Bearer s3cret");
  EXPECT_EQ(daemon.asked.indicator().domain(), "a.com");
  EXPECT_EQ(daemon.asked.options().cache_mode(), v1::CACHE_MODE_ONLY);
  ASSERT_TRUE(Client(daemon.Connect()).Lookup(Domain("a.com")).ok());
  EXPECT_EQ(daemon.authorization, "");
}

TEST(Client, KeepsCodeMessageAndDetailsOfAFailure) {
  Recorder daemon(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "used up",
                               "the details"));
  const absl::Status status =
      Client(daemon.Connect()).Lookup(Domain("a.com")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "used up");
  EXPECT_EQ(status.GetPayload(Client::kDetails), absl::Cord("the details"));
}

TEST(Client, ADeadlineThatHasPassedIsAFailure) {
  FakeDaemon daemon;
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      Client(daemon.Connect(), {.timeout = -absl::Seconds(1)})
          .Lookup(Domain("a.com"))
          .status()));
}

}  // namespace
}  // namespace vtlookup
