#include "server/lookup/call_record.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/fake_call.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr uint64_t kUnsent = 4U << 20;

v1::LookupOptions Options(const std::string& text) {
  v1::LookupOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options))
      << text;
  return options;
}

class CallTest : public testing::Test {
 protected:
  CallTest() {
    v1::LogConfig log;
    log.set_audit_file(dir_ / "audit.log");
    log.set_audit_max(1 << 20);
    audit_ = *Audit::Open(log, clock_);
    log_ = std::make_unique<CallLog>(0, *audit_);
    v1::AuthConfig config;
    v1::ClientConfig* const client = config.add_clients();
    client->set_name("soc");
    // Of "abc".
    client->set_token_sha256(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    client->add_roles(v1::ROLE_LOOKUP);
    client->set_lookups_per_minute(10);
    client->set_requests_per_day(7);
    plain_ = config;
    access_.Replace(config);
  }

  void Grant(v1::Role role) {
    plain_.mutable_clients(0)->add_roles(role);
    access_.Replace(plain_);
  }

  CallRecord::Shared Shared(bool submit_missing = false) {
    return {access_, traffic_, *log_, unsent_, clock_, submit_missing};
  }

  // Begins a call of the client "soc", with `options`.
  absl::StatusOr<Want> Begin(const v1::LookupOptions& options,
                             size_t lookups = 1, bool submit_missing = false) {
    const CallRecord::Shared shared = Shared(submit_missing);
    CallRecord call(shared, RpcMethod::kLookup, &known_.context());
    return call.Begin(v1::ROLE_LOOKUP, [&] {
      return CallRecord::Demand{options, Lane::kBulk, lookups};
    });
  }

  // How many lookups the client may make now. Takes them.
  int Left() {
    int left = 0;
    while (Begin({}).ok()) ++left;
    return left;
  }

  // The outcomes in the audit log.
  std::vector<std::string> Audited() const {
    std::vector<std::string> outcomes;
    std::ifstream in(dir_ / "audit.log");
    for (std::string line; std::getline(in, line);) {
      const auto record = nlohmann::json::parse(line);
      EXPECT_EQ(record["event"], "refused");
      outcomes.push_back(record["outcome"]);
    }
    return outcomes;
  }

  const TempDir dir_;
  FakeClock clock_;
  std::unique_ptr<Audit> audit_;
  std::unique_ptr<CallLog> log_;
  Traffic traffic_;
  UnsentBudget unsent_{kUnsent};
  v1::AuthConfig plain_;
  Authorizer access_{v1::AuthConfig()};
  FakeCall known_{{"authorization", "Bearer abc"},
                  {"traceparent",
                   "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}};
};

TEST_F(CallTest, AStrangersRequestIsNotRead) {
  FakeCall stranger{{"authorization", "Bearer xyz"}};
  const CallRecord::Shared shared = Shared();
  CallRecord call(shared, RpcMethod::kLookup, &stranger.context());
  bool read = false;
  const auto want =
      call.Begin(v1::ROLE_LOOKUP, [&]() -> absl::StatusOr<CallRecord::Demand> {
        read = true;
        return absl::InvalidArgumentError("never");
      });
  EXPECT_EQ(want.status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_FALSE(read);
  EXPECT_THAT(Audited(),
              ElementsAre("no client in auth.clients matches the token of "
                          "this call, or its token together with its "
                          "certificate"));
}

TEST_F(CallTest, NorIsThatOfAClientWithoutTheRole) {
  const CallRecord::Shared shared = Shared();
  CallRecord call(shared, RpcMethod::kSubmitUrl, &known_.context());
  bool read = false;
  const auto want =
      call.Begin(v1::ROLE_SUBMIT, [&]() -> absl::StatusOr<CallRecord::Demand> {
        read = true;
        return absl::InvalidArgumentError("never");
      });
  EXPECT_EQ(want.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(read);
  EXPECT_EQ(Left(), 10);
}

TEST_F(CallTest, ARequestThatCannotBeReadCostsNothing) {
  const CallRecord::Shared shared = Shared();
  CallRecord call(shared, RpcMethod::kLookup, &known_.context());
  const auto want =
      call.Begin(v1::ROLE_LOOKUP, []() -> absl::StatusOr<CallRecord::Demand> {
        return absl::InvalidArgumentError("not a message");
      });
  EXPECT_EQ(want.status(), absl::InvalidArgumentError("not a message"));
  EXPECT_EQ(Left(), 10);
  // It is the client's mistake, but none that an operator must know of.
  EXPECT_EQ(Audited().size(), 1);  // the last one of Left
}

TEST_F(CallTest, AWrongOptionCostsNothing) {
  EXPECT_EQ(FailureOf(Begin(Options("view: 77"), 5).status()).field,
            "options.view");
  EXPECT_EQ(
      FailureOf(Begin(Options("max_age {seconds: -1}"), 5).status()).field,
      "options.max_age");
  EXPECT_EQ(Left(), 10);
}

TEST_F(CallTest, AnOptionThatTheClientMayNotHaveCostsNothing) {
  EXPECT_EQ(Begin(Options("cache_mode: CACHE_MODE_REFRESH"), 5).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Begin(Options("submit_missing_url: true"), 5).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Left(), 10);
}

TEST_F(CallTest, LookupsCountAgainstTheLimitOfTheClient) {
  EXPECT_TRUE(Begin({}, 7).ok());
  EXPECT_EQ(Left(), 3);
  const absl::Status refusal = Begin({}).status();
  EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FailureOf(refusal).reason, "CLIENT_RATE_LIMITED");
  clock_.Advance(absl::Seconds(6));
  EXPECT_EQ(Left(), 1);
}

TEST_F(CallTest, WhatNeedsTheRoleRefresh) {
  const struct {
    const char* options;
    bool needs_role;
  } kCases[] = {
      {"", false},
      {"cache_mode: CACHE_MODE_ONLY", false},
      {"max_age {seconds: 60}", false},
      {"max_age {seconds: 59 nanos: 999999999}", true},
      {"max_age {}", true},
      {"cache_mode: CACHE_MODE_REFRESH", true},
  };
  for (const auto& c : kCases) {
    const absl::Status status = Begin(Options(c.options)).status();
    EXPECT_EQ(status.message(),
              c.needs_role ? "client soc lacks the role refresh" : "")
        << c.options;
  }
  EXPECT_THAT(Audited(), testing::SizeIs(3));
  Grant(v1::ROLE_REFRESH);
  for (const auto& c : kCases) {
    EXPECT_TRUE(Begin(Options(c.options)).ok()) << c.options;
    clock_.Advance(absl::Minutes(1));
  }
}

TEST_F(CallTest, WhatNeedsTheRoleSubmit) {
  const struct {
    const char* options;
    bool by_default;
    const char* without;  // the role: what is wanted, or "refused"
    const char* with;
  } kCases[] = {
      {"", false, "not submitted", "not submitted"},
      // The client did not ask for it, so its lookup is not refused.
      {"", true, "not submitted", "submitted"},
      {"submit_missing_url: true", false, "refused", "submitted"},
      {"submit_missing_url: true", true, "refused", "submitted"},
      {"submit_missing_url: false", true, "not submitted", "not submitted"},
  };
  const auto outcome = [](const absl::StatusOr<Want>& want) {
    if (want.ok()) return want->submit_missing ? "submitted" : "not submitted";
    EXPECT_EQ(want.status().message(), "client soc lacks the role submit");
    return "refused";
  };
  for (const auto& c : kCases) {
    EXPECT_STREQ(outcome(Begin(Options(c.options), 1, c.by_default)), c.without)
        << c.options << c.by_default;
  }
  EXPECT_THAT(Audited(), testing::SizeIs(2));
  Grant(v1::ROLE_SUBMIT);
  for (const auto& c : kCases) {
    EXPECT_STREQ(outcome(Begin(Options(c.options), 1, c.by_default)), c.with)
        << c.options << c.by_default;
  }
}

TEST_F(CallTest, ARequestWithoutPriorityHasTheUsualLaneOfItsRpc) {
  EXPECT_EQ(Begin({})->lane, Lane::kBulk);
  EXPECT_EQ(Begin(Options("priority: PRIORITY_INTERACTIVE"))->lane,
            Lane::kInteractive);
}

TEST_F(CallTest, TheRequesterIsTheClientWithItsShareAndItsTrace) {
  const CallRecord::Shared shared = Shared();
  CallRecord call(shared, RpcMethod::kLookup, &known_.context());
  ASSERT_TRUE(call.Admit(v1::ROLE_LOOKUP).ok());
  const Requester requester = call.requester();
  EXPECT_EQ(requester.client, "soc");
  EXPECT_EQ(requester.requests_per_day, 7);
  EXPECT_EQ(requester.deadline, absl::InfiniteFuture());
  EXPECT_EQ(requester.trace,
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}

TEST_F(CallTest, RepliesThatWaitToBeReadHaveABound) {
  const CallRecord::Shared shared = Shared();
  CallRecord call(shared, RpcMethod::kBatchLookup, &known_.context());
  ASSERT_TRUE(call.Admit(v1::ROLE_LOOKUP).ok());
  UnsentBudget::Account first;
  UnsentBudget::Account second;
  EXPECT_TRUE(call.TakeUnsent(3U << 20, &first).ok());
  const absl::Status refusal = call.TakeUnsent(2U << 20, &second);
  EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FailureOf(refusal).reason, "REPLIES_NOT_READ");
  EXPECT_THAT(traffic_.failures(), ElementsAre(Pair("REPLIES_NOT_READ", 1)));
  first = {};  // the first was sent
  EXPECT_TRUE(call.TakeUnsent(2U << 20, &second).ok());
}

TEST_F(CallTest, CountsHowItsLookupsAndItselfEnded) {
  const CallRecord::Shared shared = Shared();
  CallRecord call(shared, RpcMethod::kStreamLookup, &known_.context());
  const Answer answer{
      .kind = Kind::kDomain,
      .indicator = "a.com",
      .entry = FreshEntry(ValueOf(ResponseCode::kMissing), clock_.Now()),
      .source = v1::SOURCE_VIRUSTOTAL};
  call.Item().Settled(answer);
  call.Item().Settled(FailureStatus(absl::StatusCode::kNotFound, "no",
                                    {.reason = "NOT_CACHED"}));
  EXPECT_EQ(traffic_.from(v1::SOURCE_VIRUSTOTAL), 1);
  EXPECT_THAT(traffic_.failures(), ElementsAre(Pair("NOT_CACHED", 1)));
  EXPECT_EQ(traffic_.calls(), 0);

  EXPECT_EQ(call.End(absl::CancelledError("gone")).error_code(),
            grpc::StatusCode::CANCELLED);
  EXPECT_EQ(
      traffic_.ended(RpcMethod::kStreamLookup, absl::StatusCode::kCancelled),
      1);
  EXPECT_EQ(traffic_.calls(), 1);
  EXPECT_EQ(traffic_.lookups(), 2);
}

}  // namespace
}  // namespace vtlookup
