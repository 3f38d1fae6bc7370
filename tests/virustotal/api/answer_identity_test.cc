// An answer about something else, and one that says two things, is a failure
// (docs/adr/0006), whichever API and kind. The hashes are sha256sum's.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/same_url.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "virustotal/v3/overall_quotas.h"

namespace vtlookup {
namespace {

constexpr char kEvil[] = "http://evil-asked.com/";
constexpr char kEvilId[] =
    "f6dd5ad97ceb85a67dd0e7ff2345133b8e33b531384062aa4e049dee91fbf968";
constexpr char kOther[] = "http://totally-other.com/";
constexpr char kOtherId[] =
    "827a3316b6ea160678293f3fa1ebe6ba7791597bded78efd6f49fafdd501401e";
constexpr char kStats[] =
    R"("last_analysis_stats": {"malicious": 0, "suspicious": 0,
       "undetected": 1, "harmless": 69})";

Indicator Of(Kind kind, std::string_view text) {
  return *Indicator::Parse(kind, text);
}
Indicator Evil() { return Of(Kind::kUrl, kEvil); }

absl::StatusOr<v1::Verdict> V3(const Indicator& asked, std::string body,
                               Ask ask = Ask::kReport) {
  return ReadFirst(kDialectV3, asked, ask,
                   {.status = 200, .retry_after = {}, .body = std::move(body)});
}
absl::StatusOr<v1::Verdict> V2(const Indicator& asked, std::string body,
                               Ask ask = Ask::kReport) {
  return ReadFirst(kDialectV2, asked, ask,
                   {.status = 200, .retry_after = {}, .body = std::move(body)});
}

void ExpectFailure(const absl::StatusOr<v1::Verdict>& verdict) {
  EXPECT_TRUE(absl::IsUnavailable(verdict.status()))
      << (verdict.ok() ? verdict->ShortDebugString()
                       : verdict.status().ToString());
}

// An object of API v3; `attributes` begins with what is special about it.
std::string Object(std::string_view type, std::string_view id,
                   std::string_view attributes = "") {
  return absl::StrCat(R"({"data": {"type": ")", std::string(type),
                      R"(", "id": ")", std::string(id), R"(", "attributes": {)",
                      std::string(attributes), kStats, "}}}");
}
std::string UrlObject(std::string_view id, const std::string& url) {
  return Object("url", id, absl::StrCat(R"("url": ")", url, R"(", )"));
}

// --- API v3 ----------------------------------------------------------------

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
    // The id is one file's, a hash another's.
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
              Ask::kSubmit);
  };
  const auto info = [](const std::string& id, const std::string& url) {
    return absl::StrCat(R"(, "meta": {"url_info": {"id": ")", id,
                        R"(", "url": ")", url, R"("}})");
  };
  const std::string id = absl::StrCat("u-", kEvilId, "-7");
  EXPECT_TRUE(submit(id, "").ok());
  EXPECT_TRUE(submit(id, info(kEvilId, kEvil)).ok());
  // It may be the hash of a form that we do not know.
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
           // Spelled otherwise, it is the same key.
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

TEST(IdentityV3, StatisticsAreOfTheObjectsOwnName) {
  // `stats` is what an analysis has.
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

// A page is not used; what was read of the object stands.
TEST(IdentityV3, AnObjectBesideAnErrorIsNoAnswer) {
  std::string body = UrlObject(kEvilId, kEvil);
  EXPECT_TRUE(V3(Evil(), body).ok());
  body.back() = ',';
  ExpectFailure(V3(Evil(), body + R"("error": {"code": "TransientError"}})"));
  ExpectFailure(V3(Evil(), body + R"("error": null})"));
}

TEST(IdentityV3, APageWithTwoLists) {
  Access access = TestAccess();
  access.premium = true;
  const auto dialogue =
      kDialectV3.start(access, Of(Kind::kDomain, "a.com"), Ask::kReport);
  dialogue->Begin();
  const auto ok = [](std::string body) {
    return HttpResponse{
        .status = 200, .retry_after = {}, .body = std::move(body)};
  };
  ASSERT_TRUE(dialogue->Take(ok(Object("domain", "a.com"))).next.has_value());
  const Dialogue::Turn end = dialogue->Take(ok(R"({"data": [], "data": []})"));
  ASSERT_TRUE(end.verdict.ok());
  EXPECT_FALSE(end.put_up_with.ok());
}

// --- Numbers ---------------------------------------------------------------

struct Number {
  const char* text;
  int count;  // -1: none
};
constexpr Number kNumbers[] = {{"3", 3},       {"3.0", 3},
                               {"\"3\"", 3},   {"3e0", 3},
                               {"0", 0},       {"0.9", -1},
                               {"3.5", -1},    {"1e400", -1},
                               {"-1", -1},     {"true", -1},
                               {"false", -1},  {"\"\"", -1},
                               {"\"x\"", -1},  {"\" 3\"", -1},
                               {"\"+3\"", -1}, {"\"0.9\"", -1},
                               {"[]", -1},     {"{}", -1},
                               {"[3]", -1},    {"4294967296", -1},
                               {"null", -1},   {"18446744073709551615", -1}};

TEST(Numbers, OfV3AreWholeOrNone) {
  for (const auto& [text, count] : kNumbers) {
    SCOPED_TRACE(text);
    const auto verdict =
        V3(Evil(), absl::StrCat(R"({"data": {"type": "url", "id": ")", kEvilId,
                                R"(", "attributes": {"last_analysis_stats":
                         {"harmless": 60, "malicious": )",
                                text, "}}}}"));
    if (count < 0) {
      ExpectFailure(verdict);
    } else {
      ASSERT_TRUE(verdict.ok()) << verdict.status();
      EXPECT_EQ(verdict->positives(), count);
      EXPECT_EQ(verdict->total(), 60 + count);
    }
  }
  // Each of the four, and of a domain, which needs none.
  for (const char* key :
       {"malicious", "suspicious", "undetected", "harmless"}) {
    std::string body = Object("domain", "a.com", R"("whois": "w", )");
    body.replace(body.find(key) + std::string(key).size() + 3, 1, "0.5");
    ExpectFailure(V3(Of(Kind::kDomain, "a.com"), body));
  }
}

TEST(Numbers, OfV2AreWholeOrNone) {
  for (const auto& [text, count] : kNumbers) {
    for (const char* key : {"positives", "total"}) {
      SCOPED_TRACE(absl::StrCat(key, ": ", text));
      const bool total = key == std::string("total");
      const auto verdict =
          V2(Evil(),
             absl::StrCat(R"({"response_code": 1, "url": ")", kEvil, "\", \"",
                          key, "\": ", text,
                          total ? ", \"positives\": 0}" : ", \"total\": 60}"));
      if (count < 0 || (total && count == 0)) {
        ExpectFailure(verdict);
      } else {
        ASSERT_TRUE(verdict.ok()) << verdict.status();
        EXPECT_EQ(total ? verdict->total() : verdict->positives(), count);
      }
    }
  }
  // With a scan id it would pass for queued.
  ExpectFailure(V2(Evil(), R"({"response_code": 1, "scan_id": "a-1",
                               "positives": 0.9, "total": 60})"));
  ExpectFailure(V2(Evil(), R"({"response_code": 1, "scan_id": "a-1",
                               "positives": 9})"));
}

TEST(Numbers, AResponseCodeIsExact) {
  for (const char* text : {"0.9", "-0.5", "true", "\"\"", "1e400", "\"1.0\"",
                           "-1.5", "null", "[1]", "4294967297"}) {
    ExpectFailure(
        V2(Evil(), absl::StrCat("{\"response_code\": ", text,
                                R"(, "positives": 0, "total": 60})")));
  }
  for (const char* text : {"-1", "\"-1\"", "-1.0"}) {
    const auto verdict =
        V2(Evil(), absl::StrCat("{\"response_code\": ", text, "}"));
    ASSERT_TRUE(verdict.ok()) << text;
    EXPECT_EQ(verdict->response_code(), -1);
  }
}

TEST(Numbers, MembersWithMorePositivesThanEnginesHaveNoCounts) {
  const auto verdict = V2(Of(Kind::kIp, "1.2.3.4"), R"({"response_code": 1,
      "detected_urls": [{"url": "a", "positives": 61, "total": 60},
                        {"url": "b", "positives": 1, "total": 60}],
      "undetected_urls": [["c", "h", 2, 1, "2020-01-01 00:00:00"]],
      "detected_downloaded_samples": [{"sha256": "d", "positives": 2,
                                       "total": 1}]})");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  const v1::IpReport& ip = verdict->ip();
  EXPECT_FALSE(ip.detected_urls(0).has_positives());
  EXPECT_FALSE(ip.detected_urls(0).has_total());
  EXPECT_EQ(ip.detected_urls(1).positives(), 1);
  EXPECT_FALSE(ip.undetected_urls(0).has_positives());
  EXPECT_FALSE(ip.detected_downloaded_files(0).has_positives());
}

// --- API v2 ----------------------------------------------------------------

std::string Report(const std::string& fields) {
  return absl::StrCat(R"({"response_code": 1, "positives": 0, "total": 70, )",
                      fields, "}");
}

TEST(IdentityV2, AUrlOfAnotherHost) {
  const auto report = [](const std::string& resource, const std::string& url,
                         const std::string& id) {
    return Report(absl::StrCat(R"("resource": ")", resource, R"(", "url": ")",
                               url, R"(", "scan_id": ")", id, "-7\""));
  };
  EXPECT_TRUE(V2(Evil(), report(kEvil, kEvil, kEvilId)).ok());
  EXPECT_TRUE(V2(Evil(), report("evil-asked.com", kEvil, kEvilId)).ok());
  // The question is echoed, the answer is another's.
  ExpectFailure(V2(Evil(), report(kEvil, kOther, kOtherId)));
  ExpectFailure(V2(Evil(), report(kEvil, kEvil, kOtherId)));
  ExpectFailure(V2(Evil(), report(kOther, kEvil, kEvilId)));
  ExpectFailure(V2(Evil(), report(kOther, kOther, kOtherId)));
}

TEST(IdentityV2, AnotherFile) {
  const std::string a(32, 'a');
  const std::string b(32, 'b');
  const Indicator file = Of(Kind::kFile, a);
  const auto report = [](const std::string& resource, const std::string& md5) {
    return Report(absl::StrCat(R"("resource": ")", resource, R"(", "md5": ")",
                               md5, "\""));
  };
  EXPECT_TRUE(V2(file, report(a, a)).ok());
  ExpectFailure(V2(file, report(a, b)));
  ExpectFailure(V2(file, report(b, a)));
  const std::string c(64, 'c');
  const std::string d(64, 'd');
  const auto scanned = [&a](const std::string& sha256,
                            const std::string& scan) {
    return Report(absl::StrCat(R"("resource": ")", a, R"(", "sha256": ")",
                               sha256, R"(", "scan_id": ")", scan, "-7\""));
  };
  EXPECT_TRUE(V2(file, scanned(c, c)).ok());
  ExpectFailure(V2(file, scanned(c, d)));
}

TEST(IdentityV2, AScanOfAnotherUrl) {
  const std::string id = absl::StrCat(kEvilId, "-7");
  const Indicator scan = Of(Kind::kUrlScan, id);
  const auto report = [](const std::string& resource, const std::string& url,
                         const std::string& scan_id) {
    return Report(absl::StrCat(R"("resource": ")", resource, R"(", "url": ")",
                               url, R"(", "scan_id": ")", scan_id, "-8\""));
  };
  EXPECT_TRUE(V2(scan, report(id, kEvil, kEvilId)).ok());
  ExpectFailure(V2(scan, report(id, kOther, kOtherId)));
  ExpectFailure(V2(scan, report(id, kOther, kEvilId)));
  ExpectFailure(V2(scan, report(id, kEvil, kOtherId)));
}

TEST(IdentityV2, AnArrayHasOneAnswerAboutWhatWasAsked) {
  const auto member = [](const std::string& resource, const std::string& url,
                         int positives) {
    return absl::StrCat(R"({"response_code": 1, "positives": )", positives,
                        R"(, "total": 70, "resource": ")", resource,
                        R"(", "url": ")", url, "\"}");
  };
  const std::string good = member(kEvil, kEvil, 9);
  const std::string other = member(kOther, kOther, 0);
  const std::string echo = member(kEvil, kOther, 0);
  for (const std::string& body :
       {absl::StrCat("[", good, "]"), absl::StrCat("[", other, ",", good, "]"),
        absl::StrCat("[", echo, ",", good, "]"),
        absl::StrCat("[", good, ",", echo, "]")}) {
    const auto verdict = V2(Evil(), body);
    ASSERT_TRUE(verdict.ok()) << body << verdict.status();
    EXPECT_EQ(verdict->positives(), 9);
  }
  for (const std::string& body :
       {absl::StrCat("[", other, "]"), absl::StrCat("[", echo, "]"),
        absl::StrCat("[", good, ",", member(kEvil, kEvil, 0), "]"),
        absl::StrCat("[", member("evil-asked.com", kEvil, 0), ",", good, "]"),
        absl::StrCat("[", good, ",", good, "]")}) {
    ExpectFailure(V2(Evil(), body));
  }
}

TEST(IdentityV2, TwoOfOneKeyAreNoAnswer) {
  const std::string good =
      R"({"response_code": 1, "resource": "evil-asked.com", "positives": 0,
          "total": 70, "url": "http://evil-asked.com/", "scans":
          {"A": {"detected": false}}})";
  ASSERT_TRUE(V2(Evil(), good).ok());
  for (const auto& [key, twice] :
       std::vector<std::pair<std::string, std::string>>{
           {"\"response_code\":", R"("response_code": 1, "response_code":)"},
           {"\"positives\":", R"("positives": 9, "positives":)"},
           {"\"total\":", R"("total": 9, "total":)"},
           {"\"url\":", R"("url": "http://b.com/", "url":)"},
           {"\"A\":", R"("A": {"detected": true}, "A":)"},
           {"\"detected\":", R"("detected": true, "detected":)"}}) {
    std::string body = good;
    body.replace(body.find(key), key.size(), twice);
    ExpectFailure(V2(Evil(), body));
  }
}

// --- Which URLs are one ----------------------------------------------------

TEST(SameUrl, OnlyWhatIsUnknownOfVirusTotalsFormMayDiffer) {
  const struct {
    const char* asked;
    const char* told;
    bool same;
  } kCases[] = {
      {"http://a.com/", "http://a.com/", true},
      {"http://a.com/", "a.com", true},
      {"http://a.com:80/", "http://a.com/", true},
      {"https://a.com:443/", "https://a.com/", true},
      {"http://a.com:443/", "http://a.com/", false},
      {"http://a.com:8080/", "http://a.com/", false},
      {"http://a.com:8080/", "http://a.com:8081/", false},
      {"http://u:p@a.com/", "http://a.com/", true},
      {"http://a.com/", "http://u:p@a.com/", false},
      {"http://u:p@a.com/", "http://u:q@a.com/", false},
      {"http://a.com/", "http://a.com@b.com/", false},
      {"http://a.com@b.com/", "http://a.com/", false},
      {"http://a.com/x/../y/./z", "http://a.com/y/z", true},
      {"http://a.com/x/%2e%2E/y", "http://a.com/y", true},
      {"http://a.com/../../y", "http://a.com/y", true},
      {"http://a.com/y/..", "http://a.com/", true},
      {"http://a.com/x/y", "http://a.com/y", false},
      {"http://a.com//y", "http://a.com/y", false},
      {"http://a.com./", "http://a.com/", true},
      {"http://a.com/", "http://b.com/", false},
      {"http://a.com/", "http://x.a.com/", false},
      {"http://a.com/", "https://a.com/", false},
      {"http://xn--bcher-kva.example/",
       "http://b\xC3\xBC"
       "cher.example/",
       true},
      {"http://xn--bcher-kva.example/", "http://b%C3%BCcher.example/", true},
      {"http://a.com/", "http://a%2Ecom/", false},
      {"http://a.com/%7eu", "http://a.com/~u", true},
      {"http://a.com/%3a", "http://a.com/%3A", true},
      {"http://a.com/%3A", "http://a.com/:", false},
      {"http://a.com/%2F", "http://a.com//", false},
      {"http://a.com/%", "http://a.com/%", true},
      {"http://a.com/%4", "http://a.com/%4", true},
      {"http://a.com/A", "http://a.com/a", false},
      {"http://a.com/?", "http://a.com/", true},
      {"http://a.com/?q", "http://a.com/", false},
      {"http://a.com/?q=1", "http://a.com/?q=2", false},
      {"http://a.com/?/../x", "http://a.com/?/x", false},
      {"http://a.com/#f", "http://a.com/#f", true},
      {"http://a.com/#f", "http://a.com/", false},
      {"http://a.com/#f?q", "http://a.com/?q", false},
      {"http://a.com/a b?c d", "http://a.com/a%20b?c+d", true},
      {"http://a.com/?c%20d", "http://a.com/?c+d", false},
      {"http://[2001:db8::1]:80/", "http://[2001:DB8::1]/", true},
      {"http://[2001:db8::1]/", "http://[2001:db8::2]/", false},
      {"http://a.com/", "", false},
      {"http://a.com/", "not a url", false},
      {"http://a.com/", "mailto:a@a.com", false}};
  for (const auto& [asked, told, same] : kCases) {
    EXPECT_EQ(IsSameUrl(Of(Kind::kUrl, asked).text(), told), same)
        << asked << " " << told;
  }
}

// Comparing each of a million keys with all before would take hours.
TEST(AnswerIdentity, AMillionKeysAreCheckedInNoTime) {
  std::string many;
  for (int i = 0; i < 1'000'000; ++i) {
    absl::StrAppend(&many, "\"", i, "\": 1, ");
  }
  EXPECT_TRUE(V3(Evil(), Object("url", kEvilId, many)).ok());
  ExpectFailure(
      V3(Evil(), Object("url", kEvilId, absl::StrCat(many, "\"7\": 1, "))));
}

}  // namespace
}  // namespace vtlookup
