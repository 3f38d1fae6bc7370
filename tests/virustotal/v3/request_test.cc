// Tests the requests of API v3.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/indicator.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/v3/dialect_helpers.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Indicator Of(Kind kind, std::string_view text) {
  return *Indicator::Parse(kind, text);
}

std::string UrlOf(const Indicator& indicator,
                  Purpose purpose = Purpose::kReport) {
  return FirstRequest(kDialectV3, indicator, purpose).url;
}

TEST(DialectV3Request, PutsTheKeyIntoAHeaderOnly) {
  for (const Indicator& indicator : {AUrl(), ADomain(), AnIp(), AFile()}) {
    const HttpRequest request =
        FirstRequest(kDialectV3, indicator, Purpose::kReport);
    EXPECT_THAT(request.url, Not(HasSubstr("KEY")));
    EXPECT_FALSE(request.form.has_value());
    EXPECT_THAT(request.headers, Contains("x-apikey: KEY"));
    EXPECT_THAT(request.headers, Contains("x-tool: vtlookupd"));
  }
}

TEST(DialectV3Request, NamesWhatIsAsked) {
  EXPECT_EQ(UrlOf(AFile()),
            std::string("https://vt.example/api/v3/files/") + kSha);
  EXPECT_EQ(UrlOf(ADomain()),
            "https://vt.example/api/v3/domains/"
            "a.com?relationships=resolutions,communicating_files,siblings,"
            "subdomains");
  EXPECT_EQ(UrlOf(AnIp()),
            "https://vt.example/api/v3/ip_addresses/"
            "1.2.3.4?relationships=resolutions,communicating_files");
  EXPECT_THAT(UrlOf(Of(Kind::kIp, "2001:DB8::1")),
              HasSubstr("/ip_addresses/2001:db8::1?"));
  EXPECT_EQ(
      UrlOf(Of(Kind::kUrlScan, std::string(kSha) + "-17")),
      std::string("https://vt.example/api/v3/analyses/u-") + kSha + "-17");
}

// The ids were made by Python's base64.urlsafe_b64encode, stripped of "=".
TEST(DialectV3Request, IdentifiesUrlsAsOfficialClientsDo) {
  EXPECT_THAT(UrlOf(Of(Kind::kUrl, "http://google.com/")),
              testing::EndsWith("/urls/aHR0cDovL2dvb2dsZS5jb20v"));
  EXPECT_THAT(UrlOf(Of(Kind::kUrl, "http://a.com/?>>>???~~")),
              testing::EndsWith("/urls/aHR0cDovL2EuY29tLz8-Pj4_Pz9-fg"));
}

TEST(DialectV3Request, SubmitsByPost) {
  const HttpRequest request =
      FirstRequest(kDialectV3, AUrl(), Purpose::kSubmit);
  EXPECT_EQ(request.url, "https://vt.example/api/v3/urls");
  EXPECT_EQ(request.form, "url=http%3A%2F%2Fa.com%2F%3Fx%3D1%26y%3D2");
}

TEST(DialectV3Request, KnowsIpv6) {
  EXPECT_TRUE(kDialectV3.can_ask(Of(Kind::kIp, "2001:db8::1")).ok());
}

}  // namespace
}  // namespace vtlookup
