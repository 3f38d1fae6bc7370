#include "server/privacy/privacy_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/server/privacy/privacy_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

TEST(PrivacyGate, WithholdsWhatIsNotPublic) {
  PrivacyGate gate{{}};
  const std::vector<std::pair<Kind, const char*>> withheld = {
      {Kind::kIp, "192.168.0.1"},
      {Kind::kIp, "::ffff:10.0.0.1"},
      {Kind::kIp, "fe80::1"},
      {Kind::kUrl, "http://10.1.2.3/x"},
      {Kind::kUrl, "http://10.1.2.3:8080"},
      {Kind::kUrl, "https://[::1]:8443/"},
      {Kind::kUrl, "http://[::ffff:127.0.0.1]/"},
      {Kind::kDomain, "db.intranet"},
      {Kind::kDomain, "db.corp"},
      {Kind::kDomain, "printer.local"},
      {Kind::kDomain, "a.test"},
      {Kind::kDomain, "x.home.arpa"},
      {Kind::kDomain, "1.0.0.10.in-addr.arpa"},
      {Kind::kUrl, "http://host.onion/"},
      {Kind::kUrl, "http://localhost/"},
      {Kind::kUrl, "http://jenkins.corp:8080/job"},
      {Kind::kUrl, "nas/page"},
      {Kind::kUrl, "http://user:secret@example.com/"},
      {Kind::kUrl, "https://user@example.com/"}};
  for (const auto& [kind, text] : withheld) {
    EXPECT_THAT(Passed(gate, kind, text), HasSubstr("withheld: ")) << text;
  }
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kPrivateAddress), 7);
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kUnlistedSuffix), 10);
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kCredentials), 2);
}

TEST(PrivacyGate, LetsTheRestGoAsItIs) {
  PrivacyGate gate{{}};
  const std::vector<std::pair<Kind, std::string>> passes = {
      {Kind::kIp, "8.8.8.8"},
      {Kind::kIp, "2606:4700::1111"},
      {Kind::kDomain, "example.com"},
      {Kind::kDomain, "a.b.example.co.uk"},
      {Kind::kDomain, "xn--bcher-kva.de"},
      {Kind::kUrl, "http://example.com/@user:x"},
      {Kind::kUrl, "http://8.8.8.8/"},
      {Kind::kFile, std::string(64, 'a')},
      {Kind::kUrlScan, std::string(64, 'a') + "-17"}};
  for (const auto& [kind, text] : passes) {
    EXPECT_EQ(Passed(gate, kind, text), text);
  }
}

TEST(PrivacyGate, InternalDomainsStandForAllBelowThem) {
  v1::PrivacyConfig config;
  config.add_internal_domains("corp.example.com");
  PrivacyGate gate{config};
  for (const char* name :
       {"corp.example.com", "db.corp.example.com", "corp.example.com."}) {
    EXPECT_THAT(Passed(gate, Kind::kDomain, name), HasSubstr("internal"));
  }
  EXPECT_THAT(Passed(gate, Kind::kUrl, "http://X.Corp.Example.com/"),
              HasSubstr("internal"));
  v1::PrivacyConfig international;
  international.add_internal_domains("Bücher.example.com");
  PrivacyGate other{international};
  for (const char* name :
       {"a.bücher.example.com", "xn--bcher-kva.example.com"}) {
    EXPECT_THAT(Passed(other, Kind::kDomain, name), HasSubstr("internal"));
  }
  EXPECT_EQ(Passed(gate, Kind::kDomain, "mycorp.example.com"),
            "mycorp.example.com");
  EXPECT_EQ(Passed(gate, Kind::kDomain, "example.com"), "example.com");
}

TEST(PrivacyGate, AHostOfOneLabelIsNeverPublic) {
  PrivacyGate gate{{}};
  // All of these are top-level domains.
  for (const char* url :
       {"http://hr/salaries.xlsx", "http://it/", "http://hr./",
        "https://ai:8443/x", "dev/build", "http://IO/"}) {
    EXPECT_THAT(Passed(gate, Kind::kUrl, url), HasSubstr("one label")) << url;
  }
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kUnlistedSuffix), 6);
  v1::PrivacyConfig config;
  config.set_allow_unlisted_suffixes(true);
  PrivacyGate open{config};
  EXPECT_EQ(Passed(open, Kind::kUrl, "http://hr/x"), "http://hr/x");
}

TEST(PrivacyGate, RulesFitHoweverTheyAreWritten) {
  for (const char* rule :
       {"corp.example.com.", ".corp.example.com", "Corp.EXAMPLE.com",
        "..Corp.example.com.", " corp.example.com ", "ｃorp.example.com",
        "corp。example。com", "corp.example.com。"}) {
    v1::PrivacyConfig config;
    config.add_internal_domains(rule);
    v1::RedactionRule* const cut = config.add_redact();
    cut->set_host(rule);
    cut->set_query(true);
    PrivacyGate gate{config};
    for (const char* name : {"corp.example.com", "db.CORP.example.com."}) {
      EXPECT_THAT(Passed(gate, Kind::kDomain, name), HasSubstr("internal"))
          << rule;
    }
    config.clear_internal_domains();
    gate.Replace(config);
    EXPECT_EQ(Passed(gate, Kind::kUrl, "http://a.corp.example.com/?q"),
              "http://a.corp.example.com/")
        << rule;
  }
  v1::PrivacyConfig config;
  config.set_allow_unlisted_suffixes(true);
  config.add_internal_domains("BÜCHER.example.org.");
  config.add_internal_domains("corp");
  PrivacyGate gate{config};
  for (const char* name : {"xn--bcher-kva.example.org", "a.bücher.example.org",
                           "XN--BCHER-KVA.example.org", "db.corp"}) {
    EXPECT_THAT(Passed(gate, Kind::kDomain, name), HasSubstr("internal"))
        << name;
  }
}

std::string NotNow(PrivacyGate& gate, Kind kind, const char* text) {
  return gate.WhyNotNow(*Indicator::Parse(kind, text)).value_or("may go");
}

TEST(PrivacyGate, IsAskedAgainWhenSomethingIsSent) {
  PrivacyGate gate{{}};
  EXPECT_EQ(NotNow(gate, Kind::kDomain, "db.example.com"), "may go");
  EXPECT_EQ(NotNow(gate, Kind::kUrl, "http://a.com/?q"), "may go");
  v1::PrivacyConfig config;
  config.add_internal_domains("example.com");
  config.add_redact()->set_query(true);
  config.mutable_redact(0)->set_host("a.com");
  gate.Replace(config);
  EXPECT_THAT(NotNow(gate, Kind::kDomain, "db.example.com"),
              HasSubstr("withheld: the host is in an internal domain"));
  EXPECT_THAT(NotNow(gate, Kind::kUrl, "http://a.com/?q"),
              HasSubstr("withheld: "));
  EXPECT_EQ(NotNow(gate, Kind::kUrl, "http://a.com/"), "may go");
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kInternalDomain), 1);
  EXPECT_EQ(gate.redacted(), 1);
  config.set_dry_run(true);
  gate.Replace(config);
  EXPECT_EQ(NotNow(gate, Kind::kDomain, "db.example.com"), "may go");
  EXPECT_EQ(NotNow(gate, Kind::kUrl, "http://a.com/?q"), "may go");
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kInternalDomain), 1);
  EXPECT_EQ(gate.redacted(), 1);
}

TEST(PrivacyGate, EachReasonCanBeAllowed) {
  v1::PrivacyConfig config;
  config.set_allow_private_ips(true);
  config.set_allow_unlisted_suffixes(true);
  config.set_allow_credentials(true);
  PrivacyGate gate{config};
  EXPECT_EQ(Passed(gate, Kind::kIp, "10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(Passed(gate, Kind::kDomain, "db.corp"), "db.corp");
  EXPECT_EQ(Passed(gate, Kind::kUrl, "http://u:p@example.com/"),
            "http://u:p@example.com/");
}

TEST(PrivacyGate, CutsByTheFirstRuleThatFits) {
  v1::PrivacyConfig config;
  auto* const keep = config.add_redact();
  keep->set_host("search.example.com");
  keep->set_fragment(true);
  auto* const all = config.add_redact();
  all->set_host("*");
  all->set_query(true);
  all->set_fragment(true);
  PrivacyGate gate{config};
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"http://a.com/x?token=1#top", "http://a.com/x"},
      {"http://a.com/x#top?not=query", "http://a.com/x"},
      {"http://a.com?q", "http://a.com/"},
      {"http://a.com/x", "http://a.com/x"},
      {"http://search.example.com/?q=1#top", "http://search.example.com/?q=1"}};
  for (const auto& [url, cut] : cases) {
    EXPECT_EQ(Passed(gate, Kind::kUrl, url), cut) << url;
  }
  EXPECT_EQ(gate.redacted(), 4);
  v1::PrivacyConfig query_only;
  query_only.add_redact()->set_query(true);
  query_only.mutable_redact(0)->set_host("a.com");
  PrivacyGate second{query_only};
  EXPECT_EQ(Passed(second, Kind::kUrl, "http://www.a.com/x?q=1#top"),
            "http://www.a.com/x#top");
}

TEST(PrivacyGate, ADryRunOnlyCounts) {
  v1::PrivacyConfig config;
  config.set_dry_run(true);
  config.add_redact()->set_host("*");
  config.mutable_redact(0)->set_query(true);
  PrivacyGate gate{config};
  EXPECT_EQ(Passed(gate, Kind::kIp, "10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(Passed(gate, Kind::kUrl, "http://a.com/?q"), "http://a.com/?q");
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kPrivateAddress), 1);
  EXPECT_EQ(gate.redacted(), 1);
}

}  // namespace
}  // namespace vtlookup
