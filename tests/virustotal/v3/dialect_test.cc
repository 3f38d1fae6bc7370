#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr char kSha[] =
    "9d116b1b0c1200ca75016e4c010bc94836366881b021a658ea7f8548b6543c1e";

// sha256sum of "http://a.com/?x=1&y=2".
constexpr char kUrlId[] =
    "2b1b5f26b88b41ca0ce89bf60f8f2ba513c8b7a4eaca7af8d81af3ab9a1699ce";

Indicator Of(Kind kind, std::string_view text) {
  return *Indicator::Parse(kind, text);
}
Indicator AUrl() { return Of(Kind::kUrl, "http://a.com/?x=1&y=2"); }
Indicator ADomain() { return Of(Kind::kDomain, "a.com"); }
Indicator AnIp() { return Of(Kind::kIp, "1.2.3.4"); }
Indicator AFile() { return Of(Kind::kFile, kSha); }

std::string UrlOf(const Indicator& indicator, Ask ask = Ask::kReport) {
  return FirstRequest(kDialectV3, indicator, ask).url;
}

HttpResponse Ok(std::string body) {
  return {.status = 200, .retry_after = {}, .body = std::move(body)};
}
HttpResponse Error(int status, const std::string& code) {
  return {
      .status = status,
      .retry_after = {},
      .body = R"({"error": {"message": "words", "code": ")" + code + R"("}})"};
}

constexpr char kADomain[] =
    R"({"data": {"type": "domain", "id": "a.com", "attributes":
        {"whois": "w", "last_analysis_stats": {"malicious": 1, "harmless": 5,
         "suspicious": 0, "undetected": 2, "timeout": 9}}}})";
constexpr char kAnEmptyPage[] = R"({"data": []})";

// --- Requests --------------------------------------------------------------

TEST(DialectV3Request, PutsTheKeyIntoAHeaderOnly) {
  for (const Indicator& indicator : {AUrl(), ADomain(), AnIp(), AFile()}) {
    const HttpRequest request =
        FirstRequest(kDialectV3, indicator, Ask::kReport);
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
  const HttpRequest request = FirstRequest(kDialectV3, AUrl(), Ask::kSubmit);
  EXPECT_EQ(request.url, "https://vt.example/api/v3/urls");
  EXPECT_EQ(request.form, "url=http%3A%2F%2Fa.com%2F%3Fx%3D1%26y%3D2");
}

TEST(DialectV3Request, KnowsIpv6) {
  EXPECT_TRUE(kDialectV3.can_ask(Of(Kind::kIp, "2001:db8::1")).ok());
}

// --- One answer ------------------------------------------------------------

absl::StatusOr<v1::Verdict> Read(const Indicator& indicator, std::string body,
                                 Ask ask = Ask::kReport) {
  return ReadFirst(kDialectV3, indicator, ask, Ok(std::move(body)));
}

TEST(DialectV3Read, NothingBrokenIsAVerdict) {
  const std::string file = std::string(R"({"data": {"type": "file", "id": ")") +
                           kSha + R"(", "attributes": )";
  for (const std::string& body : std::vector<std::string>{
           "", " ", "null", "true", "7", "[]", "{}", "<html></html>",
           R"({"data": null})", R"({"data": []})", R"({"data": {}})",
           R"({"error": {"code": "NotFoundError"}})", file, file + "null}}",
           file + "{}}}",
           // Without counts it would read as clean.
           file + R"({"last_analysis_stats": null}}})",
           file + R"({"last_analysis_stats": {}}})",
           file + R"({"last_analysis_stats": {"malicious": null}}})",
           file + R"({"last_analysis_stats": {"malicious": -1}}})",
           file + R"({"last_analysis_stats": {"harmless": 60}}})",
           file + R"({"last_analysis_stats": {"malicious": 0,
                      "harmless": 9}}} trailing)",
           // About something else.
           R"({"data": {"type": "url", "id": "x", "attributes":
               {"last_analysis_stats": {"malicious": 0, "harmless": 9}}}})",
           R"({"data": {"type": "file", "id": "abc", "attributes":
               {"last_analysis_stats": {"malicious": 0, "harmless": 9}}}})"}) {
    const auto verdict = Read(AFile(), body);
    EXPECT_TRUE(absl::IsUnavailable(verdict.status())) << body;
    EXPECT_EQ(FailureOf(verdict.status()).reason, "VIRUSTOTAL_FAILED");
  }
  EXPECT_TRUE(absl::IsUnavailable(
      Read(ADomain(), R"({"data": {"type": "domain", "id": "b.com",
                          "attributes": {"whois": "w"}}})")
          .status()));
  EXPECT_TRUE(absl::IsUnavailable(
      Read(ADomain(), R"({"data": {"type": "domain", "id": "a.com"}})")
          .status()));
}

TEST(DialectV3Read, StatisticsThatAreAllZeroMeanQueued) {
  for (const auto& [indicator, type, id] :
       {std::tuple(AUrl(), "url", kUrlId), std::tuple(AFile(), "file", kSha),
        std::tuple(ADomain(), "domain", "a.com")}) {
    const auto verdict =
        Read(indicator, std::string(R"({"data": {"type": ")") + type +
                            R"(", "id": ")" + id + R"(", "attributes":
                    {"whois": "w", "last_analysis_results": {},
                     "last_analysis_stats": {"malicious": 0, "suspicious": 0,
                     "undetected": 0, "harmless": 0, "timeout": 0}}}})");
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_EQ(verdict->response_code(), -2);
    EXPECT_FALSE(verdict->has_positives());
    EXPECT_FALSE(verdict->has_total());
  }
}

TEST(DialectV3Read, AReportOfAMegabyte) {
  std::string results;
  std::string names;
  for (int i = 0; i < 8000; ++i) {
    const std::string name = "Engine " + std::to_string(i);
    absl::StrAppend(&results, i > 0 ? ",\"" : "\"", name,
                    R"(": {"category": "undetected", "engine_name": ")", name,
                    R"(", "engine_version": null, "result": null})");
    absl::StrAppend(&names, i > 0 ? ",\"" : "\"", "names\\n\\u00e4 ", name,
                    "\"");
  }
  const std::string body = std::string(R"({"data": {"type": "file", "id": ")") +
                           kSha + R"(", "attributes": {"names": [)" + names +
                           R"(], "last_analysis_results": {)" + results +
                           R"(}, "last_analysis_stats": {"malicious": 0,
                              "undetected": 8000}}}})";
  ASSERT_GT(body.size(), 1000000);
  const auto verdict = Read(AFile(), body);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->total(), 8000);
  EXPECT_EQ(verdict->file().engines_size(), 8000);
}

TEST(DialectV3Read, VendorsChangeTheCaseOfTheirNames) {
  const auto verdict =
      Read(ADomain(), R"({"data": {"type": "domain", "id": "a.com",
          "attributes": {"categories": {"forcepoint threatseeker": "parked",
          "WEBSENSE THREATSEEKER": "news", "Other": "news"}}}})");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->domain().forcepoint_category(), "parked");
  EXPECT_EQ(verdict->domain().websense_category(), "news");
  EXPECT_THAT(verdict->domain().categories(),
              UnorderedElementsAre("parked", "news"));
}

TEST(DialectV3Read, SplitsResolutionsAtTheHalfThatWasAsked) {
  const auto domain = Read(ADomain(), R"({"data": {"type": "domain",
      "id": "a.com", "attributes": {"whois": "w"}, "relationships":
      {"resolutions": {"data": [{"id": "1.2.3.4a.com"}, {"id": "::1a.com"},
       {"id": "nonsense"}, {"id": null}, {"id": "a.com"}]}}}})");
  ASSERT_TRUE(domain.ok()) << domain.status();
  ASSERT_EQ(domain->domain().resolutions_size(), 2);
  EXPECT_EQ(domain->domain().resolutions(0).ip_address(), "1.2.3.4");
  EXPECT_EQ(domain->domain().resolutions(1).ip_address(), "::1");
  const auto ip = Read(AnIp(), R"({"data": {"type": "ip_address",
      "id": "1.2.3.4", "attributes": {"whois": "w"}, "relationships":
      {"resolutions": {"data": [{"id": "1.2.3.45.example"}]}}}})");
  EXPECT_EQ(ip->ip().resolutions(0).host_name(), "5.example");
}

// --- Errors ----------------------------------------------------------------

TEST(DialectV3Error, APageFromInBetweenIsNotVirusTotalsWord) {
  for (const int status : {301, 400, 401, 403, 404, 407, 502, 503}) {
    for (const std::string body :
         {"", "<html>404</html>", "{}", R"({"error": {}})",
          R"({"error": "NotFoundError"})",
          R"({"error": {"code": "SomethingNew", "message": "s3cret"}})"}) {
      const auto verdict =
          ReadFirst(kDialectV3, AFile(), Ask::kReport,
                    {.status = status, .retry_after = {}, .body = body});
      EXPECT_TRUE(absl::IsUnavailable(verdict.status())) << status << body;
      EXPECT_THAT(verdict.status().message(), Not(HasSubstr("s3cret")));
    }
  }
}

TEST(DialectV3Error, TheCodeDecidesNotTheHttpStatus) {
  EXPECT_EQ(
      ReadFirst(kDialectV3, AFile(), Ask::kReport, Error(400, "NotFoundError"))
          ->response_code(),
      0);
  EXPECT_TRUE(
      absl::IsResourceExhausted(ReadFirst(kDialectV3, AFile(), Ask::kReport,
                                          Error(404, "QuotaExceededError"))
                                    .status()));
}

TEST(DialectV3Error, TellsWhenToComeBack) {
  const auto retry = [](HttpResponse response) {
    return FailureOf(
               ReadFirst(kDialectV3, AFile(), Ask::kReport, std::move(response))
                   .status())
        .retry_after;
  };
  EXPECT_EQ(retry(Error(400, "NotAvailableYet")), absl::Seconds(60));
  EXPECT_EQ(retry(Error(429, "QuotaExceededError")), absl::Seconds(60));
  EXPECT_EQ(retry(Error(503, "TransientError")), absl::Seconds(5));
  HttpResponse told = Error(429, "TooManyRequestsError");
  told.retry_after = absl::Seconds(7);
  EXPECT_EQ(retry(told), absl::Seconds(7));
  EXPECT_EQ(retry({.status = 429, .retry_after = {}, .body = "<html>"}),
            absl::Seconds(60));
}

// --- Dialogues of several requests -----------------------------------------

class DialogueV3Test : public testing::Test {
 protected:
  HttpRequest Begin(const Indicator& indicator, Ask ask = Ask::kReport) {
    dialogue_ = kDialectV3.start(access_, indicator, ask);
    return dialogue_->Begin();
  }

  // The URL of the request that follows; empty at the end.
  std::string Next(absl::StatusOr<HttpResponse> response) {
    turn_ = dialogue_->Take(std::move(response));
    return turn_.next.has_value()
               ? turn_.next->url.substr(
                     std::string("https://vt.example/api/v3").size())
               : "";
  }

  const v1::Verdict& verdict() const { return **turn_.verdict; }

  Access access_ = TestAccess();
  std::unique_ptr<Dialogue> dialogue_;
  Dialogue::Turn turn_;
};

constexpr char kSubmitted[] =
    R"({"data": {"type": "analysis", "id":
        "u-9d116b1b0c1200ca75016e4c010bc94836366881b021a658ea7f8548b6543c1e-1700000000"}})";

TEST_F(DialogueV3Test, AnUnknownUrlIsHandedIn) {
  Begin(AUrl(), Ask::kReportOrSubmit);
  EXPECT_EQ(Next(Error(404, "NotFoundError")), "/urls");
  EXPECT_EQ(turn_.next->form, "url=http%3A%2F%2Fa.com%2F%3Fx%3D1%26y%3D2");
  EXPECT_EQ(Next(Ok(kSubmitted)), "");
  EXPECT_EQ(verdict().response_code(), -2);
  EXPECT_EQ(verdict().scan_id(), std::string(kSha) + "-1700000000");
  EXPECT_EQ(verdict().scan_time().seconds(), 1700000000);
  EXPECT_EQ(verdict().permalink(),
            std::string("https://www.virustotal.com/gui/url/") + kSha);
  EXPECT_FALSE(verdict().has_positives());
  EXPECT_THAT(verdict().message(), HasSubstr("queued"));
}

TEST_F(DialogueV3Test, WithoutLeaveToSubmitItIsMissing) {
  Begin(AUrl(), Ask::kReport);
  EXPECT_EQ(Next(Error(404, "NotFoundError")), "");
  EXPECT_EQ(verdict().response_code(), 0);
}

TEST_F(DialogueV3Test, WhatIsBeingScannedAlreadyIsQueued) {
  Begin(AUrl(), Ask::kReportOrSubmit);
  Next(Error(404, "NotFoundError"));
  EXPECT_EQ(Next(Error(409, "AlreadyExistsError")), "");
  EXPECT_EQ(verdict().response_code(), -2);
}

TEST_F(DialogueV3Test, WhatCannotBeHandedInIsMissingAndSaysSo) {
  for (const auto& failure : std::vector<absl::StatusOr<HttpResponse>>{
           Error(429, "QuotaExceededError"), Error(503, "TransientError"),
           Ok("{}"), QuotaUsedUp("minute", absl::Seconds(9))}) {
    Begin(AUrl(), Ask::kReportOrSubmit);
    Next(Error(404, "NotFoundError"));
    EXPECT_EQ(Next(failure), "");
    ASSERT_TRUE(turn_.verdict.ok());
    EXPECT_EQ(verdict().response_code(), 0);
    EXPECT_THAT(verdict().message(), HasSubstr("could not be handed in"));
    EXPECT_FALSE(turn_.put_up_with.ok());
  }
  Begin(AUrl(), Ask::kReportOrSubmit);
  Next(Error(404, "NotFoundError"));
  EXPECT_EQ(Next(Error(400, "InvalidArgumentError")), "");
  EXPECT_EQ(verdict().response_code(), -1);
}

TEST_F(DialogueV3Test, ASubmissionThatFailsIsAFailure) {
  Begin(AUrl(), Ask::kSubmit);
  EXPECT_EQ(Next(Error(429, "QuotaExceededError")), "");
  EXPECT_TRUE(absl::IsResourceExhausted(turn_.verdict.status()));
}

TEST_F(DialogueV3Test, AKeyThatMayNotSubmitIsNotAskedTwice) {
  Begin(AUrl(), Ask::kReportOrSubmit);
  Next(Error(404, "NotFoundError"));
  EXPECT_EQ(Next(Error(403, "ForbiddenError")), "");
  EXPECT_EQ(verdict().response_code(), 0);
  Begin(AUrl(), Ask::kReportOrSubmit);
  EXPECT_EQ(Next(Error(404, "NotFoundError")), "");
  EXPECT_THAT(verdict().message(), HasSubstr("could not be handed in"));
}

TEST_F(DialogueV3Test, RefusedRelationshipsDoNotBreakTheReport) {
  Begin(ADomain());
  EXPECT_EQ(Next(Error(403, "ForbiddenError")), "/domains/a.com");
  EXPECT_EQ(Next(Ok(kADomain)), "");
  EXPECT_EQ(verdict().response_code(), 1);
  EXPECT_EQ(verdict().positives(), 1);
  EXPECT_EQ(verdict().total(), 8);
  EXPECT_THAT(verdict().message(), HasSubstr("without relationships"));
  // It is remembered, and still said.
  EXPECT_THAT(Begin(ADomain()).url, testing::EndsWith("/domains/a.com"));
  EXPECT_EQ(Next(Ok(kADomain)), "");
  EXPECT_THAT(verdict().message(), HasSubstr("without relationships"));
}

TEST_F(DialogueV3Test, AKeyThatMayNotEvenAskIsAFailure) {
  Begin(ADomain());
  Next(Error(403, "ForbiddenError"));
  EXPECT_EQ(Next(Error(403, "ForbiddenError")), "");
  EXPECT_EQ(FailureOf(turn_.verdict.status()).reason, "API_KEY_NOT_ALLOWED");
}

TEST_F(DialogueV3Test, APremiumKeyReadsUrlsAndDownloadedFiles) {
  access_.premium = true;
  access_.premium_pages = 2;
  Begin(ADomain());
  EXPECT_EQ(Next(Ok(kADomain)), "/domains/a.com/urls?limit=40");
  EXPECT_EQ(Next(Ok(R"({"data": [
      {"id": "1", "attributes": {"url": "http://a.com/1", "last_analysis_date":
       5, "last_analysis_stats": {"malicious": 2, "harmless": 1}}},
      {"id": "2", "attributes": {"url": "http://a.com/2"}}],
      "meta": {"cursor": "a b="}})")),
            "/domains/a.com/urls?limit=40&cursor=a%20b%3D");
  EXPECT_EQ(
      Next(Ok(R"({"data": [{"id": "3", "attributes": {"url": "http://a.com/3",
      "last_analysis_stats": {"malicious": 0, "harmless": 4}}}],
      "meta": {"cursor": "more"}})")),
      "/domains/a.com/downloaded_files?limit=40")
      << "two pages were to be read";
  EXPECT_EQ(Next(Ok(R"({"data": [{"id": "f", "attributes":
      {"last_analysis_stats": {"malicious": 3, "harmless": 0}}}]})")),
            "");
  const v1::DomainReport& report = verdict().domain();
  ASSERT_EQ(report.detected_urls_size(), 1);
  EXPECT_EQ(report.detected_urls(0).url(), "http://a.com/1");
  EXPECT_EQ(report.detected_urls(0).positives(), 2);
  EXPECT_EQ(report.detected_urls(0).total(), 3);
  EXPECT_EQ(report.detected_urls(0).scan_time().seconds(), 5);
  ASSERT_EQ(report.undetected_urls_size(), 2);
  EXPECT_FALSE(report.undetected_urls(0).has_positives());
  EXPECT_EQ(report.undetected_urls(1).total(), 4);
  ASSERT_EQ(report.detected_downloaded_files_size(), 1);
  EXPECT_EQ(report.detected_downloaded_files(0).sha256(), "f");
  EXPECT_EQ(verdict().message(), "Domain found in dataset");
}

TEST_F(DialogueV3Test, RefusedPartsAreSaidAndNotAskedAgain) {
  access_.premium = true;
  Begin(ADomain());
  Next(Ok(kADomain));
  EXPECT_EQ(Next(Error(403, "ForbiddenError")),
            "/domains/a.com/downloaded_files?limit=40");
  EXPECT_EQ(Next(Ok(kAnEmptyPage)), "");
  EXPECT_EQ(verdict().response_code(), 1);
  EXPECT_EQ(verdict().positives(), 1);
  EXPECT_THAT(verdict().message(), HasSubstr("without urls,"));
  EXPECT_THAT(access_.refused, ElementsAre("urls"));
  // Also of another indicator.
  Begin(AnIp());
  EXPECT_EQ(Next(Ok(R"({"data": {"type": "ip_address", "id": "1.2.3.4",
                        "attributes": {"asn": 1}}})")),
            "/ip_addresses/1.2.3.4/downloaded_files?limit=40");
}

TEST_F(DialogueV3Test, AFailureOfAPartLeavesTheCoreAlone) {
  access_.premium = true;
  Begin(ADomain());
  Next(Ok(kADomain));
  EXPECT_EQ(Next(QuotaUsedUp("day", absl::Hours(2))), "");
  ASSERT_TRUE(turn_.verdict.ok());
  EXPECT_EQ(verdict().positives(), 1);
  EXPECT_THAT(verdict().message(), HasSubstr("without urls, downloaded_files"));
  EXPECT_TRUE(absl::IsResourceExhausted(turn_.put_up_with));
  EXPECT_TRUE(access_.refused.empty());
}

TEST_F(DialogueV3Test, UrlsAndFilesHaveNoPagesToRead) {
  access_.premium = true;
  Begin(AUrl());
  EXPECT_EQ(Next(Ok(std::string(R"({"data": {"type": "url", "id": ")") +
                    kUrlId + R"(", "attributes": {"url":
                    "http://a.com/?x=1&y=2", "last_analysis_date": 7, "last_analysis_stats":
                    {"malicious": 0, "harmless": 9}}}})")),
            "");
  EXPECT_EQ(verdict().scan_id(), std::string(kUrlId) + "-7");
  EXPECT_EQ(verdict().url().resource(), AUrl().text());
}

}  // namespace
}  // namespace vtlookup
