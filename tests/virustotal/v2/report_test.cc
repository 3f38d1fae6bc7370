// Which field of API v2's JSON becomes which of ours, where types drift.

#include "virustotal/v2/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <utility>

namespace vtlookup {
namespace {

ReportV2 Read(Kind kind, const std::string& body) {
  ReportV2 report;
  EXPECT_TRUE(ReadJson(body, [&](json::value root) {
                report = ReadReportV2(kind, root);
                return absl::OkStatus();
              }).ok());
  return report;
}

void ExpectIs(const ReportV2& report, const char* text) {
  v1::Verdict expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
      *report.verdict, expected))
      << report.verdict->DebugString();
}

TEST(ReportV2, HasItsFields) {
  const ReportV2 report = Read(Kind::kUrl, R"({
      "response_code": 1, "verbose_msg": "m", "resource": "a.com",
      "url": "http://a.com/", "scan_id": " ab-1 ", "permalink": "p",
      "scan_date": "2014-01-23 09:03:02", "positives": 1, "total": 2,
      "filescan_id": "f", "unknown": {"response_code": 9},
      "scans": {"E1": {"detected": true, "result": "phishing site"},
                "E2": {"detected": false, "result": "clean site",
                       "detail": "d"}}})");
  EXPECT_EQ(report.response_code, 1);
  EXPECT_EQ(report.resource, "a.com");
  EXPECT_EQ(report.fields, 3) << "url, filescan_id, scans";
  EXPECT_FALSE(report.bad_counts);
  ExpectIs(report, R"(
      message: "m" scan_id: "ab-1" permalink: "p" positives: 1 total: 2
      scan_time { seconds: 1390467782 }
      url { resource: "a.com" url: "http://a.com/" file_scan_id: "f"
        engines { engine: "E1" detected: true result: "phishing site"
                  category: ENGINE_CATEGORY_MALICIOUS }
        engines { engine: "E2" result: "clean site" detail: "d"
                  category: ENGINE_CATEGORY_HARMLESS } })");
}

TEST(ReportV2, AnEnginesWordsSayWhatItThinks) {
  const ReportV2 report = Read(Kind::kFile, R"({"scans": {
      "A": {"detected": true, "result": "clean site"},
      "B": {"detected": false, "result": "suspicious site"},
      "C": {"detected": false, "result": "unrated site"},
      "D": {"detected": null, "result": null, "version": "1", "update": "2"},
      "E": null}})");
  ExpectIs(report, R"(file {
      engines { engine: "A" detected: true result: "clean site"
                category: ENGINE_CATEGORY_MALICIOUS }
      engines { engine: "B" result: "suspicious site"
                category: ENGINE_CATEGORY_SUSPICIOUS }
      engines { engine: "C" result: "unrated site"
                category: ENGINE_CATEGORY_UNDETECTED }
      engines { engine: "D" version: "1" update: "2"
                category: ENGINE_CATEGORY_UNDETECTED }
      engines { engine: "E" category: ENGINE_CATEGORY_UNDETECTED } })");
}

TEST(ReportV2, BadCountsAreNotedNullIsNot) {
  EXPECT_TRUE(
      Read(Kind::kUrl, R"({"positives": 0.5, "total": 60})").bad_counts);
  EXPECT_TRUE(Read(Kind::kFile, R"({"positives": 1, "total": []})").bad_counts);
  EXPECT_FALSE(
      Read(Kind::kUrl, R"({"positives": null, "total": null})").bad_counts);
  const ReportV2 domain = Read(Kind::kDomain, R"({"positives": 0.5})");
  EXPECT_FALSE(domain.bad_counts) << "a domain has no counts";
}

TEST(ReportV2, ADomainsVendorsHaveCategories) {
  const ReportV2 report = Read(Kind::kDomain, R"({
      "Websense ThreatSeeker category": "news", "BitDefender category": "x",
      "Forcepoint ThreatSeeker category": "y", "Odd category": ["z"],
      "category": "c", "whois": "w", "whois_timestamp": 1390467782.5,
      "Webutation domain info": {"Verdict": "safe", "Safety score": 100}})");
  EXPECT_EQ(report.fields, 6);
  ExpectIs(report, R"(domain {
      websense_category: "news" forcepoint_category: "y" whois: "w"
      whois_time { seconds: 1390467782 }
      webutation_verdict: "safe" webutation_safety_score: 100
      vendor_categories { key: "Websense ThreatSeeker" value: "news" }
      vendor_categories { key: "Forcepoint ThreatSeeker" value: "y" }
      vendor_categories { key: "BitDefender" value: "x" } })");
}

// 2^32 + 100 is not a score of 100.
TEST(ReportV2, AScoreBeyond32BitsIsNone) {
  for (const char* score : {"4294967396", "-4294967196", "0.5", "null"}) {
    const ReportV2 report =
        Read(Kind::kDomain,
             std::string(R"({"Webutation domain info": {"Safety score": )") +
                 score + "}}");
    EXPECT_FALSE(report.verdict->domain().has_webutation_safety_score())
        << score;
  }
}

TEST(ReportV2, AnAsNumberIsANumberOrAText) {
  EXPECT_EQ(Read(Kind::kIp, R"({"asn": 15169})").verdict->ip().as_number(),
            15169);
  EXPECT_EQ(
      Read(Kind::kIp, R"({"asn": "AS15169"})").verdict->ip().as_number_text(),
      "AS15169");
  const ReportV2 odd = Read(Kind::kIp, R"({"asn": -1})");
  EXPECT_FALSE(odd.verdict->ip().has_as_number());
  EXPECT_FALSE(odd.verdict->ip().has_as_number_text());
}

TEST(ReportV2, CountsEnginesWhereThereAreSome) {
  EXPECT_TRUE(HasCountsV2(Kind::kUrl));
  EXPECT_TRUE(HasCountsV2(Kind::kUrlScan));
  EXPECT_TRUE(HasCountsV2(Kind::kFile));
  EXPECT_FALSE(HasCountsV2(Kind::kDomain));
  EXPECT_FALSE(HasCountsV2(Kind::kIp));
}

// Whatever it is, it says nothing.
TEST(ReportV2, WhatIsNoObjectHasNoFields) {
  for (const char* body : {"[]", "1", "null", "\"x\"", "{}"}) {
    const ReportV2 report = Read(Kind::kUrl, body);
    EXPECT_FALSE(report.response_code.has_value()) << body;
    EXPECT_EQ(report.fields, 0) << body;
  }
}

}  // namespace
}  // namespace vtlookup
