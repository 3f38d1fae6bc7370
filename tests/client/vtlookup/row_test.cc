// Tests which fields a lookup adds to a row. The expected rows were written by
// hand from the documentation of the fields.

#include "vtlookup/row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <google/protobuf/text_format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace vtlookup {
namespace {

using nlohmann::json;

json RowOf(v1::DnifLookup lookup, const std::string& verdict_text,
           const std::string& asked = "x") {
  v1::Verdict verdict;
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(verdict_text, &verdict));
  json row = json::object();
  for (const RowField& field :
       RowFieldsOf(lookup, *IndicatorFor(lookup, asked), verdict)) {
    EXPECT_FALSE(row.contains(field.name)) << field.name;
    row[field.name] = json::parse(field.json);
  }
  return row;
}

TEST(Row, OfAUrlReport) {
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_URL_REPORT, R"(
        indicator { url: "http://a.com/" }
        response_code: 1 message: "Scan finished \"now\"" positives: 2 total: 70
        scan_time { seconds: 1390467782 } permalink: "https://p/" scan_id: "s-1"
        url {
          resource: "http://a.com/" url: "http://a.com/"
          engines { engine: "A" detected: true result: "phishing site" }
          engines { engine: "B" }
          engines { engine: "C\n" detected: true }
        })"),
            json::parse(R"({
        "$VTURL": "http://a.com/", "$VTPermalink": "https://p/",
        "$VTPositive": ["A", "C\n"], "$VTNegative": ["B"], "$VTPositives": 2,
        "$VTResponseCode": 1, "$VTTotal": 70,
        "$VTSystemTstamp": "2014-01-23T09:03:02",
        "$VTMessage": "Scan finished \"now\"", "$VTScanID": "s-1"})"));
}

TEST(Row, OfAUrlWithoutAReport) {
  for (const int code : {0, -1, -2}) {
    EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_URL_REPORT,
                    "indicator { url: 'http://a.com/' } message: 'm' "
                    "response_code: " +
                        std::to_string(code)),
              json({{"$VTURL", "http://a.com/"},
                    {"$VTMessage", "m"},
                    {"$VTPositives", 0},
                    {"$VTResponseCode", code}}));
  }
  // A withheld indicator may have no canonical form.
  EXPECT_EQ(
      RowOf(v1::DNIF_LOOKUP_GET_URL_REPORT, "response_code: -1", "http:/x")
          .at("$VTURL"),
      "http:/x");
}

TEST(Row, OfADomain) {
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_DOMAIN_REPORT, R"(
        response_code: 1 message: "not for domains" permalink: "https://p/"
        positives: 3 total: 60 scan_time { seconds: 1390467782 }
        domain {
          websense_category: "news" forcepoint_category: "it"
          webutation_verdict: "safe" webutation_safety_score: 100
          categories: "a" categories: "b" siblings: "s.com"
          subdomains: "sub.a.com"
          resolutions { ip_address: "1.2.3.4" }
          resolutions { ip_address: "5.6.7.8" }
          whois: "Domain Name: A" detected_urls { url: "http://a.com/evil" }
          undetected_urls { url: "http://a.com/good" }
        })"),
            json::parse(R"({
        "$VTResponseCode": 1, "$VTURL": ["http://a.com/evil"],
        "$VTPositives": 3, "$VTTotal": 60, "$VTPermalink": "https://p/",
        "$VTSystemTstamp": "2014-01-23T09:03:02",
        "$VTCategories": ["a", "b"], "$VTSiteClass": ["a", "b"],
        "$VTWebsenseThreatSeekercategory": "news",
        "$VTForcepointThreatSeekerCategory": "it", "$VTDomainList": ["s.com"],
        "$VTSubDomainList": ["sub.a.com"], "$VTWebutationVerdict": "safe",
        "$VTWebutationSafetyScore": 100,
        "$VTPassiveDNSReplication": ["1.2.3.4", "5.6.7.8"],
        "$VTWHOIS": "Domain Name: A"})"));
}

TEST(Row, OfAnAddressKeepsListsThatWereSentEmpty) {
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_IP_REPORT, R"(
        response_code: 1
        ip {
          as_owner: "O" as_number: 15169 country: "US"
          communicating_files { sha256: "c" }
          detected_communicating_files { sha256: "d" }
          empty_lists: "detected_urls" empty_lists: "undetected_urls"
        })"),
            json::parse(R"({
        "$VTResponseCode": 1, "$VTOwner": "O", "$VTASN": 15169, "$VTCN": "US",
        "$VTURL": [], "$VTCommunicatingSamples": ["d", "c"]})"));
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_IP_REPORT,
                  "response_code: 1 ip { as_number_text: 'AS1' }")
                .at("$VTASN"),
            "AS1");
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_IP_REPORT, "response_code: -1"),
            json({{"$VTResponseCode", -1}}));
}

// Otherwise nobody would know what is wrong with the value.
TEST(Row, AnUnusableValueHasItsMessage) {
  for (const auto lookup :
       {v1::DNIF_LOOKUP_GET_DOMAIN_REPORT, v1::DNIF_LOOKUP_GET_IP_REPORT}) {
    EXPECT_EQ(RowOf(lookup, "response_code: -1 message: 'withheld'"),
              json({{"$VTResponseCode", -1}, {"$VTMessage", "withheld"}}));
    for (const std::string code : {"0", "1", "-2"}) {
      EXPECT_EQ(RowOf(lookup, "message: 'm' response_code: " + code)
                    .count("$VTMessage"),
                0U);
    }
  }
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_FILEHASH_REPORT,
                  "response_code: -1 message: 'not a hash'")
                .at("$VTMessage"),
            "not a hash");
}

TEST(Row, AStaleAnswerSaysSo) {
  v1::LookupResponse response;
  response.mutable_verdict()->set_response_code(1);
  for (const bool stale : {true, false}) {
    response.set_stale(stale);
    int found = 0;
    for (const RowField& field : RowFieldsOf(v1::DNIF_LOOKUP_GET_IP_REPORT,
                                             v1::Indicator(), response)) {
      if (field.name != "$VTStale") continue;
      EXPECT_EQ(field.json, "true");
      ++found;
    }
    EXPECT_EQ(found, stale ? 1 : 0);
  }
}

TEST(Row, OfAFile) {
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_GET_FILEHASH_REPORT, R"(
        response_code: 1 message: "not for files" positives: 0 total: 1
        file { md5: "m" sha1: "1" sha256: "2" engines { engine: "A" } })"),
            json::parse(R"({
        "$VTResponseCode": 1, "$VTPositives": 0, "$VTTotal": 1, "$VTmd5": "m",
        "$VTsha1": "1", "$VTsha256": "2", "$VTNegative": ["A"]})"));
}

TEST(Row, OfASubmission) {
  EXPECT_EQ(RowOf(v1::DNIF_LOOKUP_POST_SCAN_URL, R"(
        indicator { url: "http://a.com/" } response_code: -2 message: "queued"
        scan_time { seconds: 0 } permalink: "p" scan_id: "s" positives: 1)"),
            json::parse(R"({
        "$VTURL": "http://a.com/", "$VTScanID": "s", "$VTPermalink": "p",
        "$VTResponseCode": -2, "$VTSystemTstamp": "1970-01-01T00:00:00",
        "$VTMessage": "queued"})"));
}

TEST(Row, AFailureIsToldAndNothingElse) {
  google::rpc::Status error;
  error.set_code(8);
  error.set_message("the quota of the day is \"used up\"");
  const RowField field = RowErrorOf(error);
  EXPECT_EQ(field.name, "$VTError");
  EXPECT_EQ(json::parse(field.json),
            "RESOURCE_EXHAUSTED: the quota of the day is \"used up\"");
}

TEST(Row, AScanIdIsAskedAsOne) {
  const std::string id = std::string(64, 'a') + "-1390467782";
  EXPECT_EQ(IndicatorFor(v1::DNIF_LOOKUP_GET_URL_REPORT, id)->url_scan_id(),
            id);
  EXPECT_EQ(IndicatorFor(v1::DNIF_LOOKUP_POST_SCAN_URL, id)->url(), id);
  for (const std::string& other :
       {std::string(64, 'a'), std::string(64, 'a') + "-", id + "x",
        std::string(64, 'g') + "-1"}) {
    EXPECT_EQ(IndicatorFor(v1::DNIF_LOOKUP_GET_URL_REPORT, other)->url(),
              other);
  }
}

TEST(Row, AnEmptyValueIsNotAsked) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      IndicatorFor(v1::DNIF_LOOKUP_GET_IP_REPORT, "").status()));
}

TEST(Row, LookupsAreKnownByName) {
  EXPECT_EQ(DnifLookupNamed("get_ip_report"), v1::DNIF_LOOKUP_GET_IP_REPORT);
  EXPECT_FALSE(DnifLookupNamed("get_report").has_value());
}

}  // namespace
}  // namespace vtlookup
