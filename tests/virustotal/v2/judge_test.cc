// What becomes of a report of API v2 that has been read and is about what was
// asked.

#include "virustotal/v2/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace vtlookup {
namespace {

ReportV2 Report(int64_t code) {
  ReportV2 report;
  report.response_code = code;
  return report;
}

ReportV2 Counted(uint32_t positives, uint32_t total) {
  ReportV2 report = Report(1);
  report.verdict->set_positives(positives);
  report.verdict->set_total(total);
  report.verdict->mutable_url()->set_url("http://a.com/");
  return report;
}

// The code of the verdict, or the last words of the failure.
std::string Judged(Kind kind, ReportV2 report,
                   Purpose purpose = Purpose::kReport) {
  const auto verdict = JudgeV2(kind, purpose, std::move(report));
  if (verdict.ok()) return std::to_string((*verdict)->response_code());
  EXPECT_TRUE(absl::IsUnavailable(verdict.status())) << verdict.status();
  const std::string message(verdict.status().message());
  return message.substr(message.rfind(": ") + 2);
}

TEST(JudgeV2, TheCodeIsOneOfFour) {
  for (const int code : {0, -1, -2}) {
    EXPECT_EQ(Judged(Kind::kUrl, Report(code)), std::to_string(code));
  }
  EXPECT_EQ(Judged(Kind::kUrl, Counted(3, 60)), "1");
  EXPECT_EQ(Judged(Kind::kUrl, Report(2)), "the response_code is unknown");
  EXPECT_EQ(Judged(Kind::kUrl, Report(-3)), "the response_code is unknown");
  EXPECT_EQ(Judged(Kind::kUrl, Report(int64_t{1} << 32 | 1)),
            "the response_code is unknown");
  EXPECT_EQ(Judged(Kind::kUrl, ReportV2()), "the answer has no response_code");
}

TEST(JudgeV2, CountsThatMakeNoSenseAreNoReport) {
  EXPECT_EQ(Judged(Kind::kUrl, Counted(60, 60)), "1");
  EXPECT_EQ(Judged(Kind::kUrl, Counted(61, 60)),
            "`positives` is greater than `total`");
  ReportV2 bad = Counted(3, 60);
  bad.bad_counts = true;
  EXPECT_EQ(Judged(Kind::kUrl, std::move(bad)),
            "a count is not a whole number");
  ReportV2 half = Counted(3, 60);
  half.verdict->clear_positives();
  EXPECT_EQ(Judged(Kind::kUrl, std::move(half)),
            "the report has only one of `positives` and `total`");
}

// Taking it for a report would call an unknown URL clean.
TEST(JudgeV2, AReportWithoutCountsIsQueuedIfThereIsAScan) {
  for (const Kind kind : {Kind::kUrl, Kind::kUrlScan, Kind::kFile}) {
    EXPECT_EQ(Judged(kind, Report(1)), "the report has no counts");
    ReportV2 scanned = Report(1);
    scanned.verdict->set_scan_id("x-1");
    EXPECT_EQ(Judged(kind, std::move(scanned)), "-2");
    ReportV2 zero = Counted(0, 0);
    zero.verdict->set_scan_id("x-1");
    const auto verdict = JudgeV2(kind, Purpose::kReport, std::move(zero));
    ASSERT_TRUE(verdict.ok());
    EXPECT_EQ((*verdict)->response_code(), -2);
    EXPECT_FALSE((*verdict)->has_total()) << "nor are they repeated";
  }
}

TEST(JudgeV2, DomainsAndAddressesNeedSomeField) {
  for (const Kind kind : {Kind::kDomain, Kind::kIp}) {
    EXPECT_EQ(Judged(kind, Report(1)), "the report has no content");
    ReportV2 report = Report(1);
    report.fields = 1;
    EXPECT_EQ(Judged(kind, std::move(report)), "1");
  }
}

TEST(JudgeV2, ASubmissionIsQueued) {
  EXPECT_EQ(Judged(Kind::kUrl, Report(1), Purpose::kSubmit), "-2");
  EXPECT_EQ(Judged(Kind::kUrl, Report(-1), Purpose::kSubmit), "-1");
}

TEST(JudgeV2, WhatIsUnknownHasNothingOfAReport) {
  for (const int code : {0, -1}) {
    ReportV2 report = Counted(3, 60);
    report.response_code = code;
    report.verdict->set_scan_id("x-1");
    report.verdict->set_permalink("p");
    report.verdict->mutable_scan_time()->set_seconds(1);
    const auto verdict =
        JudgeV2(Kind::kUrl, Purpose::kReport, std::move(report));
    ASSERT_TRUE(verdict.ok());
    EXPECT_FALSE((*verdict)->has_positives());
    EXPECT_FALSE((*verdict)->has_total());
    EXPECT_FALSE((*verdict)->has_scan_time());
    EXPECT_FALSE((*verdict)->has_url());
    EXPECT_EQ((*verdict)->scan_id(), "");
    EXPECT_EQ((*verdict)->permalink(), "");
  }
}

TEST(JudgeV2, TheMessageIsVirusTotalsOrOurs) {
  ReportV2 report = Report(0);
  report.verdict->set_message("theirs");
  EXPECT_EQ(
      (*JudgeV2(Kind::kUrl, Purpose::kReport, std::move(report)))->message(),
      "theirs");
  for (const int code : {0, -1, -2}) {
    EXPECT_NE((*JudgeV2(Kind::kUrl, Purpose::kReport, Report(code)))->message(),
              "");
  }
}

TEST(JudgeV2, AUrlStandsInForAResourceThatWasNotSent) {
  EXPECT_EQ((*JudgeV2(Kind::kUrl, Purpose::kReport, Counted(0, 60)))
                ->url()
                .resource(),
            "http://a.com/");
}

}  // namespace
}  // namespace vtlookup
