// Tests hosts whose spelling hides what they mean.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/privacy/privacy_gate.h"
#include "tests/server/privacy/privacy_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

TEST(PrivacyGate, AddressesAreJudgedHoweverTheyAreSpelt) {
  v1::PrivacyConfig config;
  config.set_allow_unlisted_suffixes(true);
  PrivacyGate gate{config};
  const char* const kPrivate[] = {
      "127.1", "127.0.1", "127.0.0.1.", "2130706433", "2130706433.",
      "0x7f000001", "0X7F.1", "0x7f.0.0.0x1", "0177.0.0.1", "017700000001",
      "10.1", "0xa.1", "012.0.0.1",
      // Numbers with a leading zero, which some programs read as octal and some
      // as decimal.
      "010.0.0.1", "010.001.002.003", "192.168.1.08",
      // Characters that IDNA maps to digits and dots.
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
  // By its spelling this is a domain.
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
                HasSubstr("disagree about which host"))
        << host;
  }
  EXPECT_EQ(gate.withheld(PrivacyGate::Reason::kUncertainHost), 8);
}

// Each of these is withheld or unusable; none passes.
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
    EXPECT_THAT(Passed(gate, Kind::kUrl, url),
                HasSubstr("disagree about which host"))
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

}  // namespace
}  // namespace vtlookup
