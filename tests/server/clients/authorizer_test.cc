#include "server/clients/authorizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/fake_call.h"
#include "tests/fakes/fake_clock.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

// As sha256sum prints them.
constexpr char kAbc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kAToken[] =
    "1F6076E3A47BA1DED08025FFE06E57AF217C14F9407F33FBA50F99B1C7019387";

v1::ClientConfig* AddClient(const char* name, const char* token_sha256,
                            const std::vector<v1::Role>& roles,
                            v1::AuthConfig* config) {
  v1::ClientConfig* const client = config->add_clients();
  client->set_name(name);
  client->set_token_sha256(token_sha256);
  for (const v1::Role role : roles) client->add_roles(role);
  return client;
}

v1::AuthConfig TwoClients() {
  v1::AuthConfig config;
  AddClient("soc", kAbc, {v1::ROLE_LOOKUP, v1::ROLE_SUBMIT}, &config);
  AddClient("ops", kAToken, {v1::ROLE_ADMIN}, &config);
  return config;
}

absl::StatusOr<Caller> Admit(Authorizer& authorizer, const std::string& token,
                             v1::Role role = v1::ROLE_LOOKUP) {
  FakeCall call{{"authorization", "Bearer " + token}};
  return authorizer.Admit(CallOrigin(call.context()), role);
}

TEST(LookupAllowance, RefillsWithTheTime) {
  LookupAllowance allowance;
  const struct {
    const char* name;
    absl::Duration at;
    size_t count;
    absl::Duration wait;
  } kSteps[] = {
      // 60 in a minute: one in a second.
      {"the whole limit at once", absl::Seconds(1000), 60,
       absl::ZeroDuration()},
      {"nothing is left", absl::Seconds(1000), 1, absl::Seconds(1)},
      {"a refused call takes nothing", absl::Seconds(1000), 1,
       absl::Seconds(1)},
      {"not quite yet", absl::Milliseconds(1000'750), 1,
       absl::Milliseconds(250)},
      {"a second later", absl::Seconds(1001), 1, absl::ZeroDuration()},
      {"one only", absl::Seconds(1001), 1, absl::Seconds(1)},
      {"after an hour, no more than the limit", absl::Seconds(4601), 60,
       absl::ZeroDuration()},
      {"that was all", absl::Seconds(4601), 1, absl::Seconds(1)},
      {"a large batch is let through", absl::Seconds(4602), 601,
       absl::ZeroDuration()},
      {"and later calls pay for it", absl::Seconds(4602), 1,
       absl::Seconds(601)},
      {"until it is paid", absl::Seconds(5203), 1, absl::ZeroDuration()},
  };
  for (const auto& step : kSteps) {
    const absl::Duration wait = allowance.Take(60, step.count, step.at);
    EXPECT_LT(absl::AbsDuration(wait - step.wait), absl::Microseconds(1))
        << step.name << ": " << wait;
  }
}

TEST(LookupAllowance, AClockThatStandsStillRefillsNothing) {
  LookupAllowance allowance;
  EXPECT_EQ(allowance.Take(60, 60, absl::Seconds(1000)), absl::ZeroDuration());
  EXPECT_EQ(allowance.Take(60, 1, absl::Seconds(900)), absl::Seconds(1));
}

TEST(LookupAllowance, ALowerLimitCountsAtOnce) {
  LookupAllowance allowance;
  const absl::Duration now = absl::Seconds(1000);
  EXPECT_EQ(allowance.Take(600, 0, now), absl::ZeroDuration());
  EXPECT_EQ(allowance.Take(60, 60, now), absl::ZeroDuration());
  EXPECT_EQ(allowance.Take(60, 1, now), absl::Seconds(1));
}

TEST(Authorizer, WithoutClientsEverybodyMayDoEverything) {
  Authorizer authorizer{v1::AuthConfig()};
  FakeCall call;
  FakeClock clock;
  for (const v1::Role role :
       {v1::ROLE_LOOKUP, v1::ROLE_SUBMIT, v1::ROLE_REFRESH, v1::ROLE_ADMIN}) {
    const auto caller = authorizer.Admit(CallOrigin(call.context()), role);
    ASSERT_TRUE(caller.ok()) << caller.status();
    EXPECT_EQ(caller->name(), "");
    EXPECT_EQ(caller->requests_per_day(), 0);
    EXPECT_TRUE(caller->Spend(1'000'000, clock).ok());
  }
}

TEST(Authorizer, KnowsClientsByTheirTokens) {
  Authorizer authorizer{TwoClients()};
  const struct {
    const char* header;
    const char* name;    // empty: unauthenticated
    const char* reason;  // then
  } kCases[] = {
      {"Bearer abc", "soc", ""},
      {"bearer abc", "soc", ""},
      {"BEARER abc", "soc", ""},
      {"Bearer ab", "", "CREDENTIALS_UNKNOWN"},
      {"Bearer ABC", "", "CREDENTIALS_UNKNOWN"},
      {"Bearer abc ", "", "CREDENTIALS_UNKNOWN"},
      {"Bearer  abc", "", "CREDENTIALS_UNKNOWN"},
      // The hash is no proof of the token.
      {"Bearer "
       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
       "", "CREDENTIALS_UNKNOWN"},
      {"Bearer ", "", "CREDENTIALS_MISSING"},
      {"Bearer", "", "CREDENTIALS_MISSING"},
      {"Basic abc", "", "CREDENTIALS_MISSING"},
      {"abc", "", "CREDENTIALS_MISSING"},
      {"", "", "CREDENTIALS_MISSING"},
  };
  for (const auto& c : kCases) {
    FakeCall call{{"authorization", c.header}};
    const auto caller =
        authorizer.Admit(CallOrigin(call.context()), v1::ROLE_LOOKUP);
    if (*c.name != '\0') {
      ASSERT_TRUE(caller.ok()) << c.header << ": " << caller.status();
      EXPECT_EQ(caller->name(), c.name);
      continue;
    }
    EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated)
        << c.header;
    EXPECT_EQ(FailureOf(caller.status()).reason, c.reason) << c.header;
  }
  FakeCall none;
  EXPECT_EQ(
      FailureOf(authorizer.Admit(CallOrigin(none.context()), v1::ROLE_LOOKUP)
                    .status())
          .reason,
      "CREDENTIALS_MISSING");
}

TEST(Authorizer, AClientHasItsOwnRolesOnly) {
  Authorizer authorizer{TwoClients()};
  const struct {
    const char* token;
    v1::Role role;
    const char* refusal;  // empty: admitted
  } kCases[] = {
      {"abc", v1::ROLE_LOOKUP, ""},
      {"abc", v1::ROLE_SUBMIT, ""},
      {"abc", v1::ROLE_REFRESH, "client soc lacks the role refresh"},
      {"abc", v1::ROLE_ADMIN, "client soc lacks the role admin"},
      {"a-token", v1::ROLE_ADMIN, ""},
      {"a-token", v1::ROLE_LOOKUP, "client ops lacks the role lookup"},
      {"a-token", v1::ROLE_SUBMIT, "client ops lacks the role submit"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = Admit(authorizer, c.token, c.role).status();
    EXPECT_EQ(status.message(), c.refusal);
    EXPECT_EQ(status.code(), *c.refusal == '\0'
                                 ? absl::StatusCode::kOk
                                 : absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(FailureOf(status).reason,
              *c.refusal == '\0' ? "" : "ROLE_MISSING");
  }
}

TEST(Authorizer, AClientThatNeedsACertificateNeedsItBesideItsToken) {
  v1::AuthConfig config;
  AddClient("probe", "", {v1::ROLE_LOOKUP}, &config)
      ->set_certificate_name("probe.example");
  AddClient("both", kAbc, {v1::ROLE_LOOKUP}, &config)
      ->set_certificate_name("both.example");
  Authorizer authorizer{config};
  FakeCall nothing;
  EXPECT_EQ(
      FailureOf(authorizer.Admit(CallOrigin(nothing.context()), v1::ROLE_LOOKUP)
                    .status())
          .reason,
      "CREDENTIALS_MISSING");
  EXPECT_EQ(FailureOf(Admit(authorizer, "abc").status()).reason,
            "CREDENTIALS_UNKNOWN");
}

TEST(Authorizer, ACallAboveTheLimitIsToldWhenToComeAgain) {
  v1::AuthConfig config;
  AddClient("slow", kAbc, {v1::ROLE_LOOKUP}, &config)
      ->set_lookups_per_minute(30);
  AddClient("fast", kAToken, {v1::ROLE_LOOKUP}, &config)
      ->set_lookups_per_minute(60'000);
  Authorizer authorizer{config};
  FakeClock clock;
  const Caller slow = *Admit(authorizer, "abc");
  EXPECT_TRUE(slow.Spend(30, clock).ok());
  absl::Status refusal = slow.Spend(1, clock);
  EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refusal.message()),
              HasSubstr("slow has reached its limit of 30"));
  EXPECT_EQ(FailureOf(refusal).reason, "CLIENT_RATE_LIMITED");
  EXPECT_EQ(FailureOf(refusal).retry_after, absl::Seconds(2));
  clock.Advance(absl::Seconds(2));
  EXPECT_TRUE(slow.Spend(1, clock).ok());

  // The other client has a limit of its own. To come again within a
  // millisecond would be pointless.
  const Caller fast = *Admit(authorizer, "a-token");
  EXPECT_TRUE(fast.Spend(60'000, clock).ok());
  EXPECT_EQ(FailureOf(fast.Spend(1, clock)).retry_after,
            absl::Milliseconds(100));
}

TEST(Authorizer, ADayHasTheRequestsThatTheConfigurationSays) {
  v1::AuthConfig config;
  AddClient("soc", kAbc, {v1::ROLE_LOOKUP}, &config)->set_requests_per_day(250);
  Authorizer authorizer{config};
  EXPECT_EQ(Admit(authorizer, "abc")->requests_per_day(), 250);
}

TEST(Authorizer, AReloadReplacesTheRulesButNotTheUsedPartOfALimit) {
  v1::AuthConfig config = TwoClients();
  config.mutable_clients(0)->set_lookups_per_minute(60);
  Authorizer authorizer{config};
  FakeClock clock;
  const Caller before = *Admit(authorizer, "abc");
  EXPECT_TRUE(before.Spend(60, clock).ok());

  v1::AuthConfig after;
  AddClient("soc", kAToken, {v1::ROLE_LOOKUP, v1::ROLE_REFRESH}, &after)
      ->set_lookups_per_minute(60);
  authorizer.Replace(after);
  EXPECT_EQ(Admit(authorizer, "abc").status().code(),
            absl::StatusCode::kUnauthenticated);
  const auto again = Admit(authorizer, "a-token", v1::ROLE_REFRESH);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), "soc");
  EXPECT_FALSE(again->may(v1::ROLE_SUBMIT));
  EXPECT_FALSE(again->Spend(1, clock).ok());
  // A call that began before the reload goes on.
  EXPECT_EQ(before.name(), "soc");
  clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(before.Spend(1, clock).ok());
  EXPECT_FALSE(again->Spend(1, clock).ok());
}

}  // namespace
}  // namespace vtlookup
