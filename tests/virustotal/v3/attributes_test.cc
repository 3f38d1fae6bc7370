// Which attribute of API v3 becomes which of our fields.

#include "virustotal/v3/attributes.h"

#include <gtest/gtest.h>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <string>

namespace vtlookup {
namespace {

ObjectV3 Read(Kind kind, const std::string& body) {
  ObjectV3 object;
  EXPECT_TRUE(ReadJson(body, [&](json::value root) {
                ReadAttributesV3(kind, root, &object);
                return absl::OkStatus();
              }).ok());
  return object;
}

void ExpectIs(const ObjectV3& object, const char* text) {
  v1::Verdict expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
      *object.verdict, expected))
      << object.verdict->DebugString();
}

TEST(AttributesV3, AnEngineWithoutAnOpinionIsLeftOut) {
  const ObjectV3 object = Read(Kind::kFile, R"({
      "md5": "m", "last_analysis_date": 1700000000, "unknown": 1,
      "last_analysis_stats": {"malicious": 1, "undetected": 1, "timeout": 5},
      "last_analysis_results": {
        "A": {"category": "malicious", "result": "X", "engine_version": "1",
              "engine_update": "20260101", "method": "blacklist"},
        "B": {"category": "timeout", "result": null},
        "C": {"category": "undetected", "result": null},
        "D": {"category": "type-unsupported"}, "E": {}, "F": null,
        "G": {"category": "harmless"}, "H": {"category": "suspicious"}}})");
  EXPECT_EQ(object.fields, 2) << "md5 and the engines";
  EXPECT_FALSE(object.bad_counts);
  ExpectIs(object, R"(
      positives: 1 total: 2 scan_time { seconds: 1700000000 }
      counts { malicious: 1 undetected: 1 timeout: 5 }
      file { md5: "m"
        engines { engine: "A" detected: true result: "X" version: "1"
                  update: "20260101" category: ENGINE_CATEGORY_MALICIOUS }
        engines { engine: "C" category: ENGINE_CATEGORY_UNDETECTED }
        engines { engine: "G" category: ENGINE_CATEGORY_HARMLESS }
        engines { engine: "H" category: ENGINE_CATEGORY_SUSPICIOUS } })");
}

TEST(AttributesV3, AnAnalysisHasOtherNames) {
  const char* const body = R"({"status": "completed", "date": 1700000000,
      "stats": {"malicious": 1, "harmless": 1},
      "results": {"A": {"category": "malicious"}}})";
  const ObjectV3 analysis = Read(Kind::kUrlScan, body);
  EXPECT_EQ(analysis.status, "completed");
  ExpectIs(analysis, R"(
      positives: 1 total: 2 scan_time { seconds: 1700000000 }
      counts { malicious: 1 harmless: 1 }
      url { engines { engine: "A" detected: true
                      category: ENGINE_CATEGORY_MALICIOUS } })");
  const ObjectV3 url = Read(Kind::kUrl, body);
  EXPECT_EQ(url.fields, 0);
  EXPECT_FALSE(url.verdict->has_total());
}

// Vendors change the case of their names.
TEST(AttributesV3, ADomainHasCategoriesByVendorAndEachOnce) {
  const ObjectV3 object = Read(Kind::kDomain, R"({"categories": {
      "Forcepoint ThreatSeeker": "news", "websense threatseeker": "parked",
      "BitDefender": "news", "Odd": null, "Empty": ""},
      "whois": "w", "whois_date": 1700000000})");
  ExpectIs(object, R"(domain {
      categories: "news" categories: "parked"
      forcepoint_category: "news" websense_category: "parked"
      vendor_categories { key: "Forcepoint ThreatSeeker" value: "news" }
      vendor_categories { key: "websense threatseeker" value: "parked" }
      vendor_categories { key: "BitDefender" value: "news" }
      whois: "w" whois_time { seconds: 1700000000 } })");
}

TEST(AttributesV3, AnAddressHasANetwork) {
  ExpectIs(Read(Kind::kIp, R"({"asn": 15169, "as_owner": "o", "country": "US",
                              "continent": "NA", "network": "8.8.8.0/24"})"),
           R"(ip { as_number: 15169 as_owner: "o" country: "US"
                   continent: "NA" network: "8.8.8.0/24" })");
  EXPECT_FALSE(Read(Kind::kIp, R"({"asn": -1})").verdict->ip().has_as_number());
}

TEST(AttributesV3, OnlyStatisticsOfAWrongTypeAreAMistake) {
  EXPECT_TRUE(Read(Kind::kUrl, R"({"last_analysis_stats": []})").bad_counts);
  EXPECT_TRUE(
      Read(Kind::kDomain, R"({"last_analysis_stats": {"malicious": 0.5}})")
          .bad_counts);
  const ObjectV3 object = Read(Kind::kUrl, R"({"last_analysis_stats": null,
      "last_analysis_date": "x", "url": 5, "last_analysis_results": []})");
  EXPECT_FALSE(object.bad_counts);
  EXPECT_FALSE(object.verdict->has_scan_time());
  EXPECT_EQ(object.verdict->url().url(), "");
}

}  // namespace
}  // namespace vtlookup
