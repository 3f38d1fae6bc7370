// Tests dialogues of several requests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "core/failure.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/v3/dialect_helpers.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kADomain[] =
    R"({"data": {"type": "domain", "id": "a.com", "attributes":
        {"whois": "w", "last_analysis_stats": {"malicious": 1, "harmless": 5,
         "suspicious": 0, "undetected": 2, "timeout": 9}}}})";
constexpr char kAnEmptyPage[] = R"({"data": []})";

class DialogueV3Test : public testing::Test {
 protected:
  HttpRequest Begin(const Indicator& indicator,
                    Purpose purpose = Purpose::kReport) {
    dialogue_ = kDialectV3.start(access_, indicator, purpose);
    return dialogue_->Begin();
  }

  // Returns the URL of the next request; empty at the end.
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
  Dialogue::Step turn_;
};

constexpr char kSubmitted[] =
    R"({"data": {"type": "analysis", "id":
        "u-9d116b1b0c1200ca75016e4c010bc94836366881b021a658ea7f8548b6543c1e-1700000000"}})";

TEST_F(DialogueV3Test, AnUnknownUrlIsHandedIn) {
  Begin(AUrl(), Purpose::kReportOrSubmit);
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
  Begin(AUrl(), Purpose::kReport);
  EXPECT_EQ(Next(Error(404, "NotFoundError")), "");
  EXPECT_EQ(verdict().response_code(), 0);
}

TEST_F(DialogueV3Test, WhatIsBeingScannedAlreadyIsQueued) {
  Begin(AUrl(), Purpose::kReportOrSubmit);
  Next(Error(404, "NotFoundError"));
  EXPECT_EQ(Next(Error(409, "AlreadyExistsError")), "");
  EXPECT_EQ(verdict().response_code(), -2);
}

TEST_F(DialogueV3Test, WhatCannotBeHandedInIsMissingAndSaysSo) {
  for (const auto& failure : std::vector<absl::StatusOr<HttpResponse>>{
           Error(429, "QuotaExceededError"), Error(503, "TransientError"),
           Ok("{}"), QuotaUsedUp("minute", absl::Seconds(9))}) {
    Begin(AUrl(), Purpose::kReportOrSubmit);
    Next(Error(404, "NotFoundError"));
    EXPECT_EQ(Next(failure), "");
    ASSERT_TRUE(turn_.verdict.ok());
    EXPECT_EQ(verdict().response_code(), 0);
    EXPECT_THAT(verdict().message(), HasSubstr("could not be submitted"));
    EXPECT_FALSE(turn_.incomplete_because.ok());
  }
  Begin(AUrl(), Purpose::kReportOrSubmit);
  Next(Error(404, "NotFoundError"));
  EXPECT_EQ(Next(Error(400, "InvalidArgumentError")), "");
  EXPECT_EQ(verdict().response_code(), -1);
}

TEST_F(DialogueV3Test, ASubmissionThatFailsIsAFailure) {
  Begin(AUrl(), Purpose::kSubmit);
  EXPECT_EQ(Next(Error(429, "QuotaExceededError")), "");
  EXPECT_TRUE(absl::IsResourceExhausted(turn_.verdict.status()));
}

TEST_F(DialogueV3Test, AKeyThatMayNotSubmitIsNotAskedTwice) {
  Begin(AUrl(), Purpose::kReportOrSubmit);
  Next(Error(404, "NotFoundError"));
  EXPECT_EQ(Next(Error(403, "ForbiddenError")), "");
  EXPECT_EQ(verdict().response_code(), 0);
  Begin(AUrl(), Purpose::kReportOrSubmit);
  EXPECT_EQ(Next(Error(404, "NotFoundError")), "");
  EXPECT_THAT(verdict().message(), HasSubstr("could not be submitted"));
}

TEST_F(DialogueV3Test, RefusedRelationshipsDoNotBreakTheReport) {
  Begin(ADomain());
  EXPECT_EQ(Next(Error(403, "ForbiddenError")), "/domains/a.com");
  EXPECT_EQ(Next(Ok(kADomain)), "");
  EXPECT_EQ(verdict().response_code(), 1);
  EXPECT_EQ(verdict().positives(), 1);
  EXPECT_EQ(verdict().total(), 8);
  EXPECT_THAT(verdict().message(), HasSubstr("parts: relationships"));
  // The refusal is remembered, and the message still names the missing part.
  EXPECT_THAT(Begin(ADomain()).url, testing::EndsWith("/domains/a.com"));
  EXPECT_EQ(Next(Ok(kADomain)), "");
  EXPECT_THAT(verdict().message(), HasSubstr("parts: relationships"));
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
  EXPECT_THAT(verdict().message(), HasSubstr("parts: urls"));
  EXPECT_THAT(access_.refused, ElementsAre("urls"));
  // The refusal also holds for another indicator.
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
  EXPECT_THAT(verdict().message(), HasSubstr("parts: urls, downloaded_files"));
  EXPECT_TRUE(absl::IsResourceExhausted(turn_.incomplete_because));
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
