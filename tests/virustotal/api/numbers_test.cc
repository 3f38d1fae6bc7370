// Tests which numbers of an answer are accepted as counts.

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/virustotal/api/answer_helpers.h"

namespace vtlookup {
namespace {

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
  // Each of the four statistics; and those of a domain, which needs none.
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
  // With a scan id the answer would pass for queued.
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

}  // namespace
}  // namespace vtlookup
