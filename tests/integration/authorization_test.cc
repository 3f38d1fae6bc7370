// Tests which clients may call, by token or certificate, and their limits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/time/time.h"
#include "tests/integration/admin_fixture.h"
#include "tests/integration/programs.h"
#include "tests/integration/secured_fixture.h"
#include "tests/integration/shell.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(SecuredTest, AsksWhoCallsAndWhatItMay) {
  const auto daemon = Start();
  const v1::Indicator domain = DomainIndicator("a.example.com");
  EXPECT_EQ(NewClient(kNode).Lookup(domain).status(), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnauthenticated(NewClient("").Lookup(domain).status()));
  EXPECT_TRUE(
      absl::IsUnauthenticated(NewClient("guess").Lookup(domain).status()));
  v1::LookupOptions refresh;
  refresh.set_cache_mode(v1::CACHE_MODE_REFRESH);
  EXPECT_TRUE(absl::IsPermissionDenied(
      NewClient(kNode).Lookup(domain, refresh).status()));
  EXPECT_TRUE(NewClient(kOperator).Lookup(domain, refresh).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(
      NewClient(kNode).SubmitUrl("http://a.example.com/").status()));
  // The client lacks ROLE_SUBMIT, so an unknown URL is not submitted for it.
  const v1::Indicator unknown = UrlIndicator("http://missing.example.com/");
  const auto answer = NewClient(kNode).Lookup(unknown);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->verdict().response_code(), 0);
  v1::LookupOptions submit;
  submit.set_submit_missing_url(true);
  EXPECT_TRUE(absl::IsPermissionDenied(
      NewClient(kNode).Lookup(unknown, submit).status()));

  Admin(Channel(admin_address_, "first"), kNode)
      .Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest(),
           grpc::StatusCode::PERMISSION_DENIED);
  Admin(Channel(admin_address_, "first"), kOperator)
      .Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest());
  const std::string audit = ReadAll(files_ / "audit");
  EXPECT_THAT(audit, HasSubstr(R"("event":"refused")"));
  EXPECT_THAT(audit, HasSubstr(R"("client":"node","kind":"domain")"));
  for (const char* secret : {kNode, kOperator, "guess", "secured-key-11"}) {
    EXPECT_THAT(audit, Not(HasSubstr(secret)));
    EXPECT_THAT(ReadAll(files_ / "errors"), Not(HasSubstr(secret)));
  }
}

// Mutual TLS: the client presents a certificate, and the name in the
// certificate identifies the client.
TEST_F(SecuredTest, AsksForACertificateThatItKnows) {
  MakeCertificate("node");  // self-signed, so it is its own authority
  MakeCertificate("other");
  std::ofstream(files_ / "c.yml")
      << "listen:\n  tls: {certificate_file: " << (files_ / "server.pem")
      << ", key_file: " << (files_ / "server.key")
      << ", client_ca_file: " << (files_ / "node.pem")
      << "}\nadmin: {address: ''}\n"
      << "auth:\n  clients: [{name: node, certificate_name: localhost, "
         "roles: [lookup]}]\n";
  const auto daemon = Start();
  const auto with = [&](const std::string& name) {
    return Client(
        *Connect(address_, {.tls = true,
                            .ca_file = files_ / "first.pem",
                            .certificate_file = files_ / (name + ".pem"),
                            .key_file = files_ / (name + ".key")}),
        {.timeout = absl::Seconds(10)});
  };
  const v1::Indicator domain = DomainIndicator("a.example.com");
  EXPECT_EQ(with("node").Lookup(domain).status(), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnavailable(with("other").Lookup(domain).status()));
  EXPECT_TRUE(absl::IsUnavailable(NewClient("").Lookup(domain).status()));
}

TEST_F(SecuredTest, AClientKeepsToItsLookupsAndItsShareOfTheQuota) {
  Write(HashOf(kNode), "lookups_per_minute: 5, requests_per_day: 2");
  const auto daemon = Start();
  const Client node = NewClient(kNode);
  ASSERT_TRUE(node.Lookup(DomainIndicator("a.com")).ok());
  ASSERT_TRUE(node.Lookup(DomainIndicator("b.com")).ok());
  const absl::Status share = node.Lookup(DomainIndicator("c.com")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(share)) << share;
  EXPECT_THAT(std::string(share.message()), HasSubstr("all of its 2 requests"));
  EXPECT_TRUE(node.Lookup(DomainIndicator("a.com")).ok());  // a hit costs none
  EXPECT_TRUE(NewClient(kOperator).Lookup(DomainIndicator("c.com")).ok());
  EXPECT_TRUE(node.Lookup(DomainIndicator("c.com")).ok());
  const absl::Status rate = node.Lookup(DomainIndicator("a.com")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(rate)) << rate;
  EXPECT_THAT(std::string(rate.message()), HasSubstr("5 lookups per minute"));
}

}  // namespace
}  // namespace vtlookup
