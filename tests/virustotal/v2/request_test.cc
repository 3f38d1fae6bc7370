// The requests that API v2 wants. Their forms are those of the documentation of
// API v2.

#include "virustotal/v2/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/indicator.h"

namespace vtlookup {
namespace {

HttpRequest Of(Kind kind, std::string_view text,
               Purpose purpose = Purpose::kReport) {
  return RequestV2("https://vt.example", "KEY", *Indicator::Parse(kind, text),
                   purpose);
}

constexpr char kMd5[] = "7657fcb7d772448a6d8504e4b20168b8";
constexpr char kScan[] =
    "cf4b367e49bf0b22041c6f065f4aa19f3cfe39c8d5abc0617343d1a66c6a26f5-17";

TEST(RequestV2, AFileIsAskedByItsHash) {
  const HttpRequest request = Of(Kind::kFile, kMd5);
  EXPECT_EQ(request.url, "https://vt.example/vtapi/v2/file/report");
  EXPECT_EQ(request.form, std::string("apikey=KEY&resource=") + kMd5);
}

// With scan=1 an unknown URL is submitted, which costs quota.
TEST(RequestV2, AUrlIsScannedOnlyWhenThatIsAsked) {
  const std::string url = "http://a.com/?x=1&y=2";
  const std::string escaped = "http%3A%2F%2Fa.com%2F%3Fx%3D1%26y%3D2";
  HttpRequest request = Of(Kind::kUrl, url);
  EXPECT_EQ(request.url, "https://vt.example/vtapi/v2/url/report");
  EXPECT_EQ(request.form, "apikey=KEY&resource=" + escaped + "&scan=0");
  request = Of(Kind::kUrl, url, Purpose::kReportOrSubmit);
  EXPECT_EQ(request.url, "https://vt.example/vtapi/v2/url/report");
  EXPECT_EQ(request.form, "apikey=KEY&resource=" + escaped + "&scan=1");
  request = Of(Kind::kUrl, url, Purpose::kSubmit);
  EXPECT_EQ(request.url, "https://vt.example/vtapi/v2/url/scan");
  EXPECT_EQ(request.form, "apikey=KEY&url=" + escaped);
}

TEST(RequestV2, AScanIsAskedByItsIdAndNeverScannedAgain) {
  const HttpRequest request =
      Of(Kind::kUrlScan, kScan, Purpose::kReportOrSubmit);
  EXPECT_EQ(request.url, "https://vt.example/vtapi/v2/url/report");
  EXPECT_EQ(request.form, std::string("apikey=KEY&resource=") + kScan);
}

TEST(RequestV2, DomainsAndAddressesAreAskedInTheQuery) {
  const HttpRequest domain = Of(Kind::kDomain, "a.com");
  EXPECT_EQ(domain.url,
            "https://vt.example/vtapi/v2/domain/report"
            "?apikey=KEY&domain=a.com");
  EXPECT_FALSE(domain.form.has_value()) << "a GET";
  const HttpRequest ip = Of(Kind::kIp, "1.2.3.4");
  EXPECT_EQ(ip.url,
            "https://vt.example/vtapi/v2/ip-address/report"
            "?apikey=KEY&ip=1.2.3.4");
  EXPECT_FALSE(ip.form.has_value());
}

TEST(RequestV2, AKeyCannotEndItsParameter) {
  const HttpRequest request =
      RequestV2("https://vt.example", "a&b=c",
                *Indicator::Parse(Kind::kDomain, "a.com"), Purpose::kReport);
  EXPECT_THAT(request.url, testing::EndsWith("?apikey=a%26b%3Dc&domain=a.com"));
}

}  // namespace
}  // namespace vtlookup
