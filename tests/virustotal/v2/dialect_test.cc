#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "core/failure.h"
#include "tests/virustotal/api/dialogue_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

Indicator Of(Kind kind, std::string_view text) {
  return *Indicator::Parse(kind, text);
}
Indicator AUrl() { return Of(Kind::kUrl, "http://a.com/?x=1&y=2"); }
Indicator ADomain() { return Of(Kind::kDomain, "a.com"); }
Indicator AnIp() { return Of(Kind::kIp, "1.2.3.4"); }
Indicator AFile() { return Of(Kind::kFile, std::string(32, 'a')); }

HttpRequest RequestFor(const Indicator& indicator, Purpose purpose) {
  return FirstRequest(kDialectV2, indicator, purpose);
}

absl::StatusOr<v1::Verdict> Read(const Indicator& indicator, std::string body,
                                 int status = 200,
                                 Purpose purpose = Purpose::kReport) {
  return ReadFirst(
      kDialectV2, indicator, purpose,
      {.status = status, .retry_after = {}, .body = std::move(body)});
}

TEST(DialectV2Request, PutsTheKeyIntoTheBodyWhereverTheApiAllowsIt) {
  for (const Indicator& indicator :
       {AUrl(), AFile(),
        Of(Kind::kUrlScan, std::string(64, 'a') + "-1549381312")}) {
    const HttpRequest request = RequestFor(indicator, Purpose::kReport);
    EXPECT_THAT(request.url, Not(HasSubstr("KEY")));
    EXPECT_THAT(*request.form, HasSubstr("apikey=KEY"));
  }
  // VirusTotal accepts only GET for these two.
  EXPECT_EQ(
      RequestFor(ADomain(), Purpose::kReport).url,
      "https://vt.example/vtapi/v2/domain/report?apikey=KEY&domain=a.com");
  EXPECT_EQ(RequestFor(AnIp(), Purpose::kReport).url,
            "https://vt.example/vtapi/v2/ip-address/report?apikey=KEY&ip="
            "1.2.3.4");
}

TEST(DialectV2Request, EncodesTheUrlAndSaysWhetherToScan) {
  const HttpRequest report = RequestFor(AUrl(), Purpose::kReport);
  EXPECT_EQ(report.url, "https://vt.example/vtapi/v2/url/report");
  EXPECT_EQ(*report.form,
            "apikey=KEY&resource=http%3A%2F%2Fa.com%2F%3Fx%3D1%26y%3D2&scan=0");
  EXPECT_THAT(*RequestFor(AUrl(), Purpose::kReportOrSubmit).form,
              HasSubstr("scan=1"));
  const HttpRequest submit = RequestFor(AUrl(), Purpose::kSubmit);
  EXPECT_EQ(submit.url, "https://vt.example/vtapi/v2/url/scan");
  EXPECT_THAT(*submit.form, HasSubstr("&url=http%3A%2F%2F"));
}

TEST(DialectV2Request, KnowsThatV2HasNoIpv6) {
  EXPECT_TRUE(kDialectV2.can_ask(AnIp()).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(
      kDialectV2.can_ask(Of(Kind::kIp, "2001:db8::1"))));
}

// VirusTotal itself sends no body then; a proxy would send one.
TEST(DialectV2Read, OnlyVirusTotalRefusesAKey) {
  for (const int status : {401, 403}) {
    EXPECT_EQ(FailureOf(Read(AUrl(), "", status).status()).reason,
              "API_KEY_REFUSED");
    EXPECT_EQ(
        FailureOf(Read(AUrl(), "<html>no</html>", status).status()).reason,
        "VIRUSTOTAL_FAILED");
  }
}

TEST(DialectV2Read, MapsEveryHttpStatus) {
  const struct {
    int status;
    absl::StatusCode code;
    const char* reason;
  } kCases[] = {
      {204, absl::StatusCode::kResourceExhausted, "QUOTA_MINUTE_EXCEEDED"},
      {429, absl::StatusCode::kResourceExhausted, "QUOTA_MINUTE_EXCEEDED"},
      {400, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
      {404, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
      {301, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
      {500, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
      {502, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
      {503, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
      {504, absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"},
  };
  // Even with a body that would be a clean report.
  const std::string clean =
      R"({"response_code": 1, "positives": 0, "total": 60})";
  for (const auto& c : kCases) {
    for (const std::string& body : {std::string(), clean}) {
      const auto verdict = Read(AUrl(), body, c.status);
      EXPECT_EQ(verdict.status().code(), c.code) << c.status;
      EXPECT_EQ(FailureOf(verdict.status()).reason, c.reason) << c.status;
    }
  }
}

TEST(DialectV2Read, TakesRetryAfterWhenThereIsOne) {
  const auto verdict =
      ReadFirst(kDialectV2, AUrl(), Purpose::kReport,
                {.status = 204, .retry_after = absl::Seconds(7), .body = ""});
  EXPECT_EQ(FailureOf(verdict.status()).retry_after, absl::Seconds(7));
}

TEST(DialectV2Read, NothingBrokenIsAVerdict) {
  for (const std::string body :
       {"", " ", "null", "true", "7", "\"text\"", "[]", "{}", "<html></html>",
        "{\"response_code\": 1", "{\"response_code\": }",
        "{\"response_code\": null}", "{\"response_code\": \"x\"}",
        "{\"response_code\": 7}", "{\"response_code\": -3}",
        "{\"response_code\": 1} trailing",
        // A report without counts and without a scan id, so nothing was queued.
        "{\"response_code\": 1}", "{\"response_code\": 1, \"positives\": 0}",
        "{\"response_code\": 1, \"positives\": null, \"total\": 60}",
        "{\"response_code\": 1, \"positives\": -1, \"total\": 60}",
        "{\"response_code\": 1, \"positives\": 61, \"total\": 60}",
        "{\"response_code\": 1, \"positives\": 0, \"total\": 0}",
        "\x01\x02 not json", "{\"response_code\": 1, \"scans\": {\"A\": {"}) {
    const auto verdict = Read(AUrl(), body);
    EXPECT_TRUE(absl::IsUnavailable(verdict.status()))
        << body << ": " << verdict.status();
  }
}

TEST(DialectV2Read, AnUnknownUrlJustSubmittedIsQueuedNotClean) {
  const std::string body =
      R"({"response_code": 1, "scan_id": "abc-1", "url": "http://a.com/?x=1&y=2",
          "verbose_msg": "Scan request successfully queued"})";
  for (const Purpose purpose :
       {Purpose::kReport, Purpose::kReportOrSubmit, Purpose::kSubmit}) {
    const auto verdict = Read(AUrl(), body, 200, purpose);
    ASSERT_TRUE(verdict.ok());
    EXPECT_EQ(verdict->response_code(), -2);
    EXPECT_EQ(verdict->scan_id(), "abc-1");
    EXPECT_FALSE(verdict->has_positives());
    EXPECT_EQ(verdict->message(), "Scan request successfully queued");
  }
}

TEST(DialectV2Read, OtherCodesHaveNoCounts) {
  for (const int code : {0, -1, -2}) {
    const auto verdict =
        Read(AFile(), "{\"positives\": 0, \"total\": 0, \"response_code\": " +
                          std::to_string(code) + "}");
    ASSERT_TRUE(verdict.ok());
    EXPECT_EQ(verdict->response_code(), code);
    EXPECT_FALSE(verdict->has_positives());
    EXPECT_FALSE(verdict->message().empty());
    EXPECT_EQ(verdict->report_case(), v1::Verdict::REPORT_NOT_SET);
  }
}

TEST(DialectV2Read, TakesFromAnArrayWhatWasAskedWhereverItStands) {
  const std::string a(32, 'a');
  const std::string b(32, 'b');
  const std::string body = R"([{"response_code": 0, "resource": ")" + b + R"("},
          {"response_code": 1, "resource": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
           "positives": 3, "total": 60}])";
  EXPECT_EQ(Read(Of(Kind::kFile, a), body)->positives(), 3);
  EXPECT_EQ(Read(Of(Kind::kFile, b), body)->response_code(), 0);
  EXPECT_TRUE(absl::IsUnavailable(
      Read(Of(Kind::kFile, std::string(32, 'c')), body).status()));
}

TEST(DialectV2Read, AReportAboutSomethingElseIsNoAnswer) {
  const std::string about_b =
      R"({"response_code": 1, "positives": 0, "total": 60, "md5": ")" +
      std::string(32, 'b') + "\"}";
  EXPECT_TRUE(absl::IsUnavailable(Read(AFile(), about_b).status()));
  EXPECT_TRUE(Read(Of(Kind::kFile, std::string(32, 'b')), about_b).ok());
  // A hash of another kind does not contradict.
  EXPECT_TRUE(Read(Of(Kind::kFile, std::string(40, 'b')), about_b).ok());
  const std::string url = R"({"response_code": 0, "resource": "b.com"})";
  EXPECT_TRUE(absl::IsUnavailable(Read(AUrl(), url).status()));
  EXPECT_TRUE(Read(Of(Kind::kUrl, "http://b.com/"), url).ok());
}

TEST(DialectV2Read, AReportThatSaysNothingIsNoAnswer) {
  for (const Indicator& indicator : {ADomain(), AnIp()}) {
    EXPECT_TRUE(absl::IsUnavailable(
        Read(indicator, R"({"response_code": 1, "filler": "xx"})").status()));
    EXPECT_TRUE(
        Read(indicator, R"({"response_code": 1, "resolutions": []})").ok());
  }
}

TEST(DialectV2Read, SuspiciousIsNotMalicious) {
  const auto verdict = Read(AUrl(), R"({"response_code": 1, "positives": 0,
      "total": 3, "scans": {
        "A": {"detected": false, "result": "suspicious site"},
        "B": {"detected": false, "result": "unrated site"},
        "C": {"detected": true, "result": "phishing site"}}})");
  ASSERT_TRUE(verdict.ok());
  const auto& engines = verdict->url().engines();
  EXPECT_EQ(engines[0].category(), v1::ENGINE_CATEGORY_SUSPICIOUS);
  EXPECT_FALSE(engines[0].detected());
  EXPECT_EQ(engines[1].category(), v1::ENGINE_CATEGORY_UNDETECTED);
  EXPECT_EQ(engines[2].category(), v1::ENGINE_CATEGORY_MALICIOUS);
}

TEST(DialectV2Read, TakesNumbersOfEveryTypeThatWasSeen) {
  const auto text = Read(AnIp(), R"({"response_code": 1, "asn": "15169",
      "whois_timestamp": 1419179455.9518})");
  EXPECT_EQ(text->ip().as_number_text(), "15169");
  EXPECT_EQ(text->ip().whois_time().seconds(), 1419179455);
  const auto number = Read(AnIp(), R"({"response_code": 1, "asn": 15169})");
  EXPECT_EQ(number->ip().as_number(), 15169);
}

TEST(DialectV2Read, IgnoresUnknownFieldsNullsAndWrongTypes) {
  const auto verdict = Read(ADomain(), R"({"new": {"deep": [1, {"x": null}]},
      "categories": null, "subdomains": "text", "resolutions": {"a": 1},
      "detected_urls": [null, 7, "x", {"url": 7}], "whois": 12,
      "Webutation domain info": [], "Odd category": 4,
      "response_code": 1, "emoji": "\ud83d\ude00"})");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->response_code(), 1);
  EXPECT_EQ(verdict->domain().whois(), "");
  EXPECT_EQ(verdict->domain().categories_size(), 0);
  EXPECT_EQ(verdict->domain().detected_urls_size(), 1) << "one is an object";
}

TEST(DialectV2Read, ReadsOnBehindBrokenAndLargeAnswers) {
  const std::string good = R"({"response_code": 1, "whois": "text"})";
  const std::string large = R"({"response_code": 1, "whois": ")" +
                            std::string(2 << 20, 'x') + R"("})";
  for (const std::string& other : {good.substr(0, 20), good + "{", large}) {
    EXPECT_EQ(Read(ADomain(), other).ok(), other == large);
    EXPECT_EQ(Read(ADomain(), good)->domain().whois(), "text");
  }
}

TEST(DialectV2Read, ErrorsNeverRepeatTheBody) {
  const auto verdict = Read(AUrl(), R"({"secret-key-in-the-body": )");
  EXPECT_THAT(std::string(verdict.status().message()),
              Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace vtlookup
