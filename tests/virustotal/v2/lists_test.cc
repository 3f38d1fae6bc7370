// The lists of domains and addresses, in the forms in which API v2 sends them.

#include "virustotal/v2/lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <string_view>

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Reads the lists of a body; `known` counts those that the report keeps.
template <typename Report>
struct Lists {
  explicit Lists(const std::string& body) {
    EXPECT_TRUE(ReadJson(body, [this](json::value root) {
                  ForEachField(
                      root, [this](std::string_view key, json::value value) {
                        known += ReadListV2(key, value, &report) ? 1 : 0;
                      });
                  return absl::OkStatus();
                }).ok());
  }
  Report report;
  int known = 0;
};

template <typename Message>
void ExpectIs(const Message& message, const char* text) {
  Message expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected));
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(message, expected))
      << message.DebugString() << "instead of\n"
      << expected.DebugString();
}

TEST(ListsV2, UrlsAreObjectsOrArraysOfFive) {
  const Lists<v1::IpReport> lists(R"({
      "detected_urls": [{"url": "http://a/", "positives": 2, "total": 60,
                         "scan_date": "2014-01-23 09:03:02"}],
      "undetected_urls": [["http://b/", "ab12", 0, 61, "2014-01-23 09:03:02"],
                          ["http://c/"]]})");
  EXPECT_EQ(lists.known, 2);
  ExpectIs(lists.report, R"(
      detected_urls { url: "http://a/" positives: 2 total: 60
                      scan_time { seconds: 1390467782 } }
      undetected_urls { url: "http://b/" sha256: "ab12" positives: 0 total: 61
                        scan_time { seconds: 1390467782 } }
      undetected_urls { url: "http://c/" })");
}

TEST(ListsV2, FilesAreCalledSamples) {
  const Lists<v1::IpReport> lists(R"({
      "detected_communicating_samples": [{"sha256": "a", "positives": 1,
          "total": 2, "date": "2014-01-23 09:03:02"}],
      "detected_downloaded_samples": [{"sha256": "b"}],
      "detected_referrer_samples": [{"sha256": "c"}],
      "undetected_communicating_samples": [{"sha256": "d"}],
      "undetected_downloaded_samples": [{"sha256": "e"}],
      "undetected_referrer_samples": [{"sha256": "f"}]})");
  EXPECT_EQ(lists.known, 6);
  ExpectIs(lists.report, R"(
      detected_communicating_files { sha256: "a" positives: 1 total: 2
                                     scan_time { seconds: 1390467782 } }
      detected_downloaded_files { sha256: "b" }
      detected_referrer_files { sha256: "c" }
      undetected_communicating_files { sha256: "d" }
      undetected_downloaded_files { sha256: "e" }
      undetected_referrer_files { sha256: "f" })");
}

TEST(ListsV2, ResolutionsNameTheOtherSide) {
  const Lists<v1::DomainReport> lists(R"({"resolutions": [
      {"ip_address": "1.2.3.4", "last_resolved": "2014-01-23 09:03:02"},
      {"hostname": "b.com", "last_resolved": null}]})");
  ExpectIs(lists.report, R"(
      resolutions { ip_address: "1.2.3.4"
                    last_resolved { seconds: 1390467782 } }
      resolutions { host_name: "b.com" })");
}

TEST(ListsV2, DomainsHaveNamesBesides) {
  const char* const body = R"({"categories": ["parked", 1],
      "domain_siblings": ["b.com"], "subdomains": ["x.a.com", "y.a.com"]})";
  const Lists<v1::DomainReport> domain(body);
  EXPECT_EQ(domain.known, 3);
  EXPECT_THAT(domain.report.categories(), ElementsAre("parked"));
  EXPECT_THAT(domain.report.siblings(), ElementsAre("b.com"));
  EXPECT_THAT(domain.report.subdomains(), ElementsAre("x.a.com", "y.a.com"));
  EXPECT_EQ(Lists<v1::IpReport>(body).known, 0);
}

// A client must be able to tell "none" from "not told".
TEST(ListsV2, WhatWasSentEmptyIsNoted) {
  const Lists<v1::DomainReport> lists(R"({"resolutions": [],
      "domain_siblings": [], "detected_referrer_samples": [],
      "subdomains": null, "categories": "x", "detected_urls": {}})");
  EXPECT_EQ(lists.known, 6);
  EXPECT_THAT(
      lists.report.empty_lists(),
      ElementsAre("resolutions", "siblings", "detected_referrer_files"));
  EXPECT_THAT(lists.report.detected_urls(), IsEmpty());
}

// A total without positives would read as "clean".
TEST(ListsV2, CountsThatMakeNoSenseAreDroppedTogether) {
  for (const char* counts :
       {R"("positives": 61, "total": 60)", R"("positives": 0.9, "total": 60)",
        R"("positives": -1, "total": 60)", R"("positives": null, "total": 60)",
        R"("total": 60)", R"("positives": 1)",
        R"("positives": 1, "total": "x")"}) {
    SCOPED_TRACE(counts);
    const Lists<v1::IpReport> lists(
        std::string(R"({"detected_urls": [{"url": "http://a/", )") + counts +
        R"(}], "detected_downloaded_samples": [{"sha256": "a", )" + counts +
        "}]}");
    ExpectIs(lists.report, R"(detected_urls { url: "http://a/" }
                              detected_downloaded_files { sha256: "a" })");
  }
  const Lists<v1::IpReport> lists(
      R"({"undetected_urls": [["http://a/", "h", "none", 60, ""]]})");
  ExpectIs(lists.report, R"(undetected_urls { url: "http://a/" sha256: "h" })");
}

TEST(ListsV2, OtherFieldsAreNotLists) {
  EXPECT_EQ(Lists<v1::DomainReport>(R"({"whois": "x", "siblings": ["b.com"],
                                       "detected_urls2": []})")
                .known,
            0);
}

}  // namespace
}  // namespace vtlookup
