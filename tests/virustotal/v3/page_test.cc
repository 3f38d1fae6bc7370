// Pages of relationships, whose members are whole objects.

#include "virustotal/v3/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/failure.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kUrls[] = R"({"data": [
    {"type": "url", "id": "ab", "attributes": {"url": "http://a.com/",
     "last_analysis_date": 1700000000,
     "last_analysis_stats": {"malicious": 2, "harmless": 8}}},
    {"type": "url", "id": "cd", "attributes": {"url": "http://b.com/",
     "last_analysis_stats": {"malicious": 0, "harmless": 9}}},
    {"type": "url", "id": "ef"}],
    "meta": {"cursor": "next", "count": 3}})";

TEST(PageV3, UrlsAreDividedByWhetherAnEngineDetectsThem) {
  v1::Verdict verdict;
  const auto cursor = AddUrlPageV3(Kind::kIp, kUrls, &verdict);
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  EXPECT_EQ(*cursor, "next");
  const v1::IpReport& ip = verdict.ip();
  ASSERT_EQ(ip.detected_urls_size(), 1);
  EXPECT_EQ(ip.detected_urls(0).url(), "http://a.com/");
  EXPECT_EQ(ip.detected_urls(0).sha256(), "ab");
  EXPECT_EQ(ip.detected_urls(0).positives(), 2);
  EXPECT_EQ(ip.detected_urls(0).total(), 10);
  EXPECT_EQ(ip.detected_urls(0).scan_time().seconds(), 1700000000);
  ASSERT_EQ(ip.undetected_urls_size(), 2);
  EXPECT_EQ(ip.undetected_urls(0).total(), 9);
  EXPECT_FALSE(ip.undetected_urls(0).has_scan_time());
  EXPECT_FALSE(ip.undetected_urls(1).has_total());
  EXPECT_THAT(ip.empty_lists(), IsEmpty());
}

TEST(PageV3, OnlyTheLastPageTellsWhichListsAreEmpty) {
  v1::Verdict verdict;
  ASSERT_TRUE(AddFilePageV3(Kind::kDomain,
                            R"({"data": [], "meta": {"cursor": "c"}})",
                            &verdict)
                  .ok());
  EXPECT_THAT(verdict.domain().empty_lists(), IsEmpty());
  const auto last =
      AddFilePageV3(Kind::kDomain, R"({"data": [{"id": "ab", "attributes": {
          "last_analysis_stats": {"malicious": 1}}}]})",
                    &verdict);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(*last, "");
  EXPECT_EQ(verdict.domain().detected_downloaded_files(0).sha256(), "ab");
  EXPECT_THAT(verdict.domain().empty_lists(),
              ElementsAre("undetected_downloaded_files"));
}

TEST(PageV3, PagesAddUp) {
  v1::Verdict verdict;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(AddUrlPageV3(Kind::kDomain, kUrls, &verdict).ok());
  }
  EXPECT_EQ(verdict.domain().detected_urls_size(), 3);
  EXPECT_EQ(verdict.domain().undetected_urls_size(), 6);
}

TEST(PageV3, WhatIsNoPageAddsNothing) {
  for (const char* body :
       {"", "{}", R"({"data": {}})", R"({"data": null})", "[]",
        R"({"data": [{"id": "ab"}], "error": {"code": "NotFoundError"}})",
        R"({"data": [{"id": "ab", "id": "cd"}]})"}) {
    v1::Verdict verdict;
    const auto cursor = AddUrlPageV3(Kind::kIp, body, &verdict);
    EXPECT_EQ(FailureOf(cursor.status()).reason, "VIRUSTOTAL_FAILED") << body;
    EXPECT_EQ(verdict.ByteSizeLong(), 0) << body;
  }
}

}  // namespace
}  // namespace vtlookup
