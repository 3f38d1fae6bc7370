#include "server/privacy/privacy_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/privacy/private_address.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

// What goes on of it; or "withheld: ...".
std::string Passed(PrivacyGate& gate, Kind kind, const std::string& text) {
  auto indicator = Indicator::Parse(kind, text);
  if (!indicator.ok()) return "unusable";
  std::string why;
  const auto passed = gate.Pass(*std::move(indicator), &why);
  return passed.has_value() ? std::string(passed->text()) : why;
}

TEST(PrivateAddress, ThoseOfIanasRegistries) {
  for (const char* ip : {"0.1.2.3",
                         "10.0.0.1",
                         "10.255.255.255",
                         "100.64.0.1",
                         "100.127.255.1",
                         "127.0.0.1",
                         "127.9.9.9",
                         "169.254.169.254",
                         "172.16.0.1",
                         "172.31.255.255",
                         "192.0.0.8",
                         "192.0.2.1",
                         "192.168.1.1",
                         "198.18.0.1",
                         "198.19.255.1",
                         "198.51.100.7",
                         "203.0.113.9",
                         "224.0.0.1",
                         "239.1.1.1",
                         "240.0.0.1",
                         "255.255.255.255",
                         "::",
                         "::1",
                         "fc00::1",
                         "fd12:3456::1",
                         "fe80::1",
                         "febf::1",
                         "fec0::1",
                         "ff02::1",
                         "2001:db8::1",
                         "100::1",
                         "2001::1",
                         "3fff::1",
                         "64:ff9b::10.0.0.1",
                         "64:ff9b::c0a8:101",
                         "::10.0.0.1",
                         "::ffff:0:10.0.0.1",
                         "64:ff9b:1::1",
                         "4000::1",
                         "192.88.99.1",
                         "2002:0a00:0001::1",
                         "2002:c0a8:0101::"}) {
    EXPECT_TRUE(IsPrivateAddress(ip)) << ip;
  }
  for (const char* ip :
       {"1.1.1.1",     "8.8.8.8",          "9.255.255.255",
        "11.0.0.1",    "100.63.255.255",   "100.128.0.1",
        "126.0.0.1",   "128.0.0.1",        "169.253.0.1",
        "172.15.0.1",  "172.32.0.1",       "192.0.1.1",
        "192.167.1.1", "192.169.1.1",      "198.17.0.1",
        "198.20.0.1",  "223.255.255.255",  "2606:4700::1111",
        "2a00::1",     "64:ff9b::8.8.8.8", "2002:0808:0808::1"}) {
    EXPECT_FALSE(IsPrivateAddress(ip)) << ip;
  }
}

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

TEST(PrivacyGate, AddressesAreJudgedHoweverTheyAreSpelt) {
  v1::PrivacyConfig config;
  config.set_allow_unlisted_suffixes(true);
  PrivacyGate gate{config};
  const char* const kPrivate[] = {
      "127.1", "127.0.1", "127.0.0.1.", "2130706433", "2130706433.",
      "0x7f000001", "0X7F.1", "0x7f.0.0.0x1", "0177.0.0.1", "017700000001",
      "10.1", "0xa.1", "012.0.0.1",
      // Zero-padded, which some read as octal and some as decimal.
      "010.0.0.1", "010.001.002.003", "192.168.1.08",
      // What IDNA maps to digits and dots.
      "１２７.0.0.1", "127。0。0。1", "１０.1", "①②⑦.1",
      // IPv6 that carries IPv4.
      "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::10.0.0.1]",
      "[64:ff9b::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[::127.0.0.1]",
      "[0:0:0:0:0:0:0:1]"};
  for (const char* host : kPrivate) {
    EXPECT_THAT(
        Passed(gate, Kind::kUrl, absl::StrCat("http://", host, ":80/x")),
        HasSubstr("not an address of the public"))
        << host;
  }
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kPrivateAddress),
            std::size(kPrivate));
  // A domain, as far as its spelling goes.
  EXPECT_THAT(Passed(gate, Kind::kDomain, "127.0.0.0x1"),
              HasSubstr("not an address of the public"));
  for (const char* host : {"134744072", "8.8.8.8.", "0x08080808", "8.526344",
                           "[64:ff9b::808:808]"}) {
    EXPECT_THAT(Passed(gate, Kind::kUrl, absl::StrCat("http://", host, "/")),
                testing::Not(HasSubstr("withheld")))
        << host;
  }
}

TEST(PrivacyGate, ANumberThatIsNoAddressIsWithheldWhateverIsAllowed) {
  v1::PrivacyConfig config;
  config.set_allow_unlisted_suffixes(true);
  config.set_allow_private_ips(true);
  config.set_allow_credentials(true);
  PrivacyGate gate{config};
  for (const char* host :
       {"1.2.3.4.5", "256.256.256.256", "4294967296", "corp.0x", "db.10",
        "0xg.1", "1.2.3.999", "host.0xff"}) {
    EXPECT_THAT(Passed(gate, Kind::kUrl, absl::StrCat("http://", host, "/")),
                HasSubstr("do not agree"))
        << host;
  }
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kUncertainHost), 8);
}

// Each is withheld or unusable; none goes on.
TEST(PrivacyGate, OddSpellingsOfUrlsDoNotPass) {
  v1::PrivacyConfig config;
  config.set_allow_unlisted_suffixes(true);
  config.add_internal_domains("corp.example.com");
  PrivacyGate gate{config};
  for (const char* url : {"http:/wiki.corp.example.com/x",
                          "https:/u:p@example.com/",
                          "http:wiki.corp.example.com",
                          "http:\\\\wiki.corp.example.com\\x",
                          "http:/\\wiki.corp.example.com/x",
                          "http:8080/x",
                          "ftp:/10.0.0.1/x",
                          "///wiki.corp.example.com/",
                          "http:///wiki.corp.example.com/",
                          "http://user@example.com",
                          "http://a@b@example.com/",
                          "http://a:b@c:d@example.com/",
                          "user:pass@example.com/x",
                          "http://example.com\\@wiki.corp.example.com/",
                          "http://wiki.corp.example.com\\@example.com/",
                          "http://exam\tple.com@x.com/",
                          "http://wiki.%63orp.example.com/",
                          "http://%31%32%37.0.0.1/",
                          "http://[fe80::1%25eth0]/",
                          "http://[fe80::1%eth0]/",
                          "http://wiki.corp.example.com\uFF0F@a.com/",
                          "http://wiki.corp.exam\u00ADple.com/",
                          "view-source:http://wiki.corp.example.com/"}) {
    const std::string passed = Passed(gate, Kind::kUrl, url);
    EXPECT_TRUE(passed == "unusable" || passed.find("withheld: ") == 0)
        << url << " goes on as " << passed;
  }
  config.set_allow_credentials(true);
  gate.Replace(config);
  for (const char* url : {"http://10.0.0.1\\@example.com/",
                          "http://wiki.corp.example.com\\@example.com/",
                          "https:\\\\user:pass@example.com/"}) {
    EXPECT_THAT(Passed(gate, Kind::kUrl, url), HasSubstr("do not agree"))
        << url;
  }
  EXPECT_EQ(Passed(gate, Kind::kUrl, "http://a@b@example.com/"),
            "http://a@b@example.com/");
}

TEST(PrivacyGate, CutsUrlsOfAnAddressHoweverItIsSpelt) {
  v1::PrivacyConfig config;
  v1::RedactionRule* const cut = config.add_redact();
  cut->set_host("8.8.8.8");
  cut->set_query(true);
  PrivacyGate gate{config};
  EXPECT_EQ(Passed(gate, Kind::kUrl, "http://8.8.8.8/?q"), "http://8.8.8.8/");
  EXPECT_EQ(Passed(gate, Kind::kUrl, "http://134744072/?q"),
            "http://134744072/");
  EXPECT_EQ(Passed(gate, Kind::kUrl, "http://8.8.4.4/?q"), "http://8.8.4.4/?q");
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
              HasSubstr("withheld: an internal domain"));
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
