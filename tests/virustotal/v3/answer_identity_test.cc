// Tests that an answer of API v3 about something else, and one that contradicts
// itself, is a failure (docs/adr/0006), for each kind of indicator.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/virustotal/api/answer_helpers.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "virustotal/v3/overall_quotas.h"

namespace vtlookup {
namespace {

TEST(IdentityV3, AUrlOfAnotherHost) {
  ASSERT_TRUE(V3(Evil(), UrlObject(kEvilId, kEvil)).ok());
  ExpectFailure(V3(Evil(), UrlObject(kOtherId, kOther)));
  ExpectFailure(V3(Evil(), UrlObject(kEvilId, kOther)));
  ExpectFailure(V3(Evil(), UrlObject(kOtherId, kEvil)));
  ExpectFailure(V3(Evil(), UrlObject("x", kEvil)));
  ExpectFailure(V3(Evil(), UrlObject("x", kOther)));
}

TEST(IdentityV3, AUrlThatIsNotNamedIsKnownByItsId) {
  EXPECT_TRUE(V3(Evil(), Object("url", kEvilId)).ok());
  ExpectFailure(V3(Evil(), Object("url", kOtherId)));
  ExpectFailure(V3(Evil(), Object("url", "x")));
  ExpectFailure(V3(Evil(), Object("url", kOtherId, R"("url": 7, )")));
}

TEST(IdentityV3, AUrlInAFormOfVirusTotalsOwn) {
  const Indicator asked =
      Of(Kind::kUrl, "http://evil-asked.com:80/a/../%7euser?");
  EXPECT_TRUE(
      V3(asked,
         UrlObject(
             "2012eb750d10a764512c8698672878917b45678a51cec42719a296c4f59c13ac",
             "http://evil-asked.com/~user"))
          .ok());
  EXPECT_TRUE(V3(asked, Object("url",
                               "2012eb750d10a764512c8698672878917b45678a51cec42"
                               "719a296c4f59c13ac"))
                  .ok());
}

TEST(IdentityV3, AnotherFile) {
  const std::string md5(32, 'a');
  const std::string sha1(40, 'b');
  const std::string sha256(64, 'c');
  const auto object = [](std::string id, std::string m, std::string s1,
                         std::string s256) {
    return Object("file", id,
                  absl::StrCat(R"("md5": ")", m, R"(", "sha1": ")", s1,
                               R"(", "sha256": ")", s256, R"(", )"));
  };
  for (const std::string& asked : {md5, sha1, sha256}) {
    const Indicator file = Of(Kind::kFile, asked);
    EXPECT_TRUE(V3(file, object(sha256, md5, sha1, sha256)).ok());
    // The id is that of one file, and a hash is that of another.
    ExpectFailure(V3(file, object(std::string(64, 'd'), md5, sha1, sha256)));
    ExpectFailure(V3(file, object("x", md5, sha1, sha256)));
  }
  const Indicator by_md5 = Of(Kind::kFile, md5);
  ExpectFailure(V3(by_md5, object(sha256, std::string(32, 'd'), sha1, sha256)));
  ExpectFailure(V3(by_md5, object(md5, std::string(32, 'd'), sha1, sha256)));
  const Indicator by_sha256 = Of(Kind::kFile, sha256);
  ExpectFailure(V3(by_sha256, object(sha256, md5, sha1, std::string(64, 'd'))));
}

TEST(IdentityV3, AnotherDomainOrAddress) {
  EXPECT_TRUE(V3(Of(Kind::kDomain, "a.com"), Object("domain", "a.com")).ok());
  ExpectFailure(V3(Of(Kind::kDomain, "a.com"), Object("domain", "b.com")));
  ExpectFailure(V3(Of(Kind::kDomain, "a.com"), Object("domain", "x.a.com")));
  ExpectFailure(V3(Of(Kind::kDomain, "a.com"), Object("url", "a.com")));
  EXPECT_TRUE(
      V3(Of(Kind::kIp, "1.2.3.4"), Object("ip_address", "1.2.3.4")).ok());
  ExpectFailure(V3(Of(Kind::kIp, "1.2.3.4"), Object("ip_address", "1.2.3.5")));
}

std::string Analysis(std::string_view id, std::string_view url_info) {
  return absl::StrCat(
      R"({"data": {"type": "analysis", "id": ")", std::string(id),
      R"(", "attributes": {"status": "completed", "date": 7, "stats":
          {"malicious": 0, "harmless": 70}}}, "meta": {"url_info": )",
      std::string(url_info), "}}");
}

TEST(IdentityV3, AnAnalysisOfAnotherUrl) {
  const std::string id = absl::StrCat("u-", kEvilId, "-7");
  const Indicator scan = Of(Kind::kUrlScan, id);
  const auto info = [](const std::string& item, const std::string& url) {
    return absl::StrCat(R"({"id": ")", item, R"(", "url": ")", url, R"("})");
  };
  EXPECT_TRUE(V3(scan, Analysis(id, info(kEvilId, kEvil))).ok());
  EXPECT_TRUE(V3(scan, Analysis(id, "null")).ok());
  ExpectFailure(V3(scan, Analysis(id, info(kOtherId, kOther))));
  ExpectFailure(V3(scan, Analysis(id, info(kEvilId, kOther))));
  ExpectFailure(V3(scan, Analysis(id, info("x", kEvil))));
  ExpectFailure(V3(
      scan, Analysis(absl::StrCat("u-", kEvilId, "-8"), info(kEvilId, kEvil))));
}

TEST(IdentityV3, ASubmissionOfAnotherUrl) {
  const auto submit = [](const std::string& id, const std::string& meta) {
    return V3(Evil(),
              absl::StrCat(R"({"data": {"type": "analysis", "id": ")", id,
                           R"("})", meta, "}"),
              Purpose::kSubmit);
  };
  const auto info = [](const std::string& id, const std::string& url) {
    return absl::StrCat(R"(, "meta": {"url_info": {"id": ")", id,
                        R"(", "url": ")", url, R"("}})");
  };
  const std::string id = absl::StrCat("u-", kEvilId, "-7");
  EXPECT_TRUE(submit(id, "").ok());
  EXPECT_TRUE(submit(id, info(kEvilId, kEvil)).ok());
  // The id may be the hash of a form of the URL that we do not know.
  const std::string other = absl::StrCat("u-", kOtherId, "-7");
  EXPECT_TRUE(submit(other, "").ok());
  ExpectFailure(submit(other, info(kOtherId, kOther)));
  ExpectFailure(submit(id, info(kEvilId, kOther)));
  ExpectFailure(submit(id, info(kOtherId, kEvil)));
  for (const std::string bad : {"u-", "u-x", "u-x-7", "x"}) {
    ExpectFailure(submit(bad, ""));
  }
  ExpectFailure(submit(absl::StrCat("u-", kEvilId), ""));
  ExpectFailure(submit(absl::StrCat("u-", kEvilId, "-"), ""));
  ExpectFailure(submit(absl::StrCat("u-", kEvilId, "-99999999999999"), ""));
}

TEST(IdentityV3, TwoOfOneKeyAreNoAnswer) {
  const std::string good = UrlObject(kEvilId, kEvil);
  const std::string other = UrlObject(kOtherId, kOther);
  // Two objects in one body.
  const std::string data = good.substr(1, good.size() - 2);
  ExpectFailure(
      V3(Evil(),
         absl::StrCat("{", data, ",", other.substr(1, other.size() - 2), "}")));
  ExpectFailure(V3(Evil(), absl::StrCat("{", other.substr(1, other.size() - 2),
                                        ",", data, "}")));
  for (const auto& [key, twice] :
       std::vector<std::pair<std::string, std::string>>{
           {"\"id\":", R"("id": "x", "id":)"},
           {"\"type\":", R"("type": "url", "type":)"},
           {"\"attributes\":", R"("attributes": {}, "attributes":)"},
           {"\"url\":", R"("url": "http://b.com/", "url":)"},
           {"\"last_analysis_stats\":",
            R"("last_analysis_stats": {}, "last_analysis_stats":)"},
           {"\"malicious\":", R"("malicious": 9, "malicious":)"},
           // A key with escapes is the same key.
           {"\"malicious\":", R"("m\u0061licious": 9, "malicious":)"},
           {"\"harmless\":", R"("harmless": 1, "harmless":)"}}) {
    std::string body = good;
    body.replace(body.find(key), key.size(), twice);
    ExpectFailure(V3(Evil(), body));
  }
}

TEST(IdentityV3, TwoOfOneEngineAreNoAnswer) {
  std::string engines;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&engines, "\"Engine ", i,
                    R"(": {"category": "harmless"}, )");
  }
  const auto with = [&engines](std::string last) {
    return Object("url", kEvilId,
                  absl::StrCat(R"("last_analysis_results": {)", engines, "\"",
                               last, R"(": {"category": "malicious"}}, )"));
  };
  EXPECT_TRUE(V3(Evil(), with("Engine 100")).ok());
  ExpectFailure(V3(Evil(), with("Engine 0")));
  ExpectFailure(V3(Evil(), with("Engine 99")));
}

// Comparing each of a million keys with all earlier ones would take hours.
TEST(AnswerIdentity, AMillionKeysAreCheckedInNoTime) {
  std::string many;
  for (int i = 0; i < 1'000'000; ++i) {
    absl::StrAppend(&many, "\"", i, "\": 1, ");
  }
  EXPECT_TRUE(V3(Evil(), Object("url", kEvilId, many)).ok());
  ExpectFailure(
      V3(Evil(), Object("url", kEvilId, absl::StrCat(many, "\"7\": 1, "))));
}

TEST(IdentityV3, StatisticsAreOfTheObjectsOwnName) {
  // Only an analysis has `stats`.
  std::string body = UrlObject(kEvilId, kEvil);
  const std::string name = "\"last_analysis_stats\"";
  body.replace(body.find(name), name.size(), "\"stats\"");
  ExpectFailure(V3(Evil(), body));
}

TEST(IdentityV3, QuotasThatAreSaidTwice) {
  const std::string daily =
      R"("api_requests_daily": {"user": {"allowed": 500, "used": 7}})";
  const std::string data = absl::StrCat(R"("data": {)", daily, "}");
  EXPECT_TRUE(ReadOverallQuotas(absl::StrCat("{", data, "}")).ok());
  EXPECT_FALSE(
      ReadOverallQuotas(absl::StrCat("{", data, ", ", data, "}")).ok());
  EXPECT_FALSE(
      ReadOverallQuotas(absl::StrCat(R"({"data": {)", daily, ", ", daily, "}}"))
          .ok());
}

TEST(IdentityV3, AnObjectBesideAnErrorIsNoAnswer) {
  std::string body = UrlObject(kEvilId, kEvil);
  EXPECT_TRUE(V3(Evil(), body).ok());
  body.back() = ',';
  ExpectFailure(V3(Evil(), body + R"("error": {"code": "TransientError"}})"));
  ExpectFailure(V3(Evil(), body + R"("error": null})"));
}

// The bad page is not used, and the verdict from the object is still given.
TEST(IdentityV3, APageWithTwoLists) {
  Access access = TestAccess();
  access.premium = true;
  const auto dialogue =
      kDialectV3.start(access, Of(Kind::kDomain, "a.com"), Purpose::kReport);
  dialogue->Begin();
  const auto ok = [](std::string body) {
    return HttpResponse{
        .status = 200, .retry_after = {}, .body = std::move(body)};
  };
  ASSERT_TRUE(dialogue->Take(ok(Object("domain", "a.com"))).next.has_value());
  const Dialogue::Step end = dialogue->Take(ok(R"({"data": [], "data": []})"));
  ASSERT_TRUE(end.verdict.ok());
  EXPECT_FALSE(end.incomplete_because.ok());
}

}  // namespace
}  // namespace vtlookup
