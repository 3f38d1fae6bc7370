// Tests the client library against a fake daemon.

#include "vtlookup/lookup_stream.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <mutex>
#include <string>

#include "vtlookup/connection.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

v1::Indicator Domain(const std::string& name) {
  v1::Indicator indicator;
  indicator.set_domain(name);
  return indicator;
}

v1::Verdict Verdict(int code, uint32_t positives = 0) {
  v1::Verdict verdict;
  verdict.set_response_code(code);
  if (code == 1) verdict.set_positives(positives);
  return verdict;
}

TEST(FakeDaemon, SaysWhatItWasTold) {
  FakeDaemon daemon;
  daemon.Answer(Domain("evil.com"), Verdict(1, 5));
  daemon.Fail(Domain("slow.com"), {grpc::StatusCode::RESOURCE_EXHAUSTED, "no"});
  const Client client(daemon.Connect());
  EXPECT_EQ(client.Lookup(Domain("evil.com"))->verdict().positives(), 5);
  EXPECT_EQ(client.Lookup(Domain("other.com"))->verdict().response_code(), 0);
  EXPECT_TRUE(
      absl::IsResourceExhausted(client.Lookup(Domain("slow.com")).status()));
  const auto batch =
      client.BatchLookup({Domain("slow.com"), Domain("evil.com")});
  EXPECT_EQ(batch->results(0).error().code(), 8);
  EXPECT_EQ(batch->results(1).response().verdict().positives(), 5);
  EXPECT_EQ(daemon.asked(Domain("evil.com")), 2);
  EXPECT_EQ(client.SubmitUrl("http://a.com/")->response_code(), 0);
}

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

TEST(Connection, SaysWhichOptionsMakeNoSense) {
  EXPECT_EQ(Connect("h:1", {.ca_file = "x"}).status().message(),
            "certificates need TLS (--tls)");
  EXPECT_EQ(Connect("h:1", {.tls = true, .key_file = "x"}).status().message(),
            "a certificate and its key must be given together");
  EXPECT_EQ(
      Connect("h:1", {.tls = true, .ca_file = "/nowhere"}).status().message(),
      "/nowhere: cannot be read");
}

}  // namespace
}  // namespace vtlookup
