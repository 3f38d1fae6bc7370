// Tests what the dialect reads from one answer of API v3.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/v3/dialect_helpers.h"

namespace vtlookup {
namespace {

using testing::UnorderedElementsAre;

absl::StatusOr<v1::Verdict> Read(const Indicator& indicator, std::string body,
                                 Purpose purpose = Purpose::kReport) {
  return ReadFirst(kDialectV3, indicator, purpose, Ok(std::move(body)));
}

TEST(DialectV3Read, NothingBrokenIsAVerdict) {
  const std::string file = std::string(R"({"data": {"type": "file", "id": ")") +
                           kSha + R"(", "attributes": )";
  for (const std::string& body : std::vector<std::string>{
           "", " ", "null", "true", "7", "[]", "{}", "<html></html>",
           R"({"data": null})", R"({"data": []})", R"({"data": {}})",
           R"({"error": {"code": "NotFoundError"}})", file, file + "null}}",
           file + "{}}}",
           // A report without counts would read as clean.
           file + R"({"last_analysis_stats": null}}})",
           file + R"({"last_analysis_stats": {}}})",
           file + R"({"last_analysis_stats": {"malicious": null}}})",
           file + R"({"last_analysis_stats": {"malicious": -1}}})",
           file + R"({"last_analysis_stats": {"harmless": 60}}})",
           file + R"({"last_analysis_stats": {"malicious": 0,
                      "harmless": 9}}} trailing)",
           // An object about something else.
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

TEST(DialectV3Read, StatisticsThatAreAllZeroMeanQueuedForUrlsAndFiles) {
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
    // A domain is not analysed on demand, so this is all there will be.
    const bool network = indicator.kind() == Kind::kDomain;
    EXPECT_EQ(verdict->response_code(), network ? 1 : -2);
    EXPECT_EQ(verdict->has_positives(), network);
    EXPECT_EQ(verdict->domain().whois(), network ? "w" : "");
    EXPECT_EQ(verdict->total(), 0);
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

}  // namespace
}  // namespace vtlookup
