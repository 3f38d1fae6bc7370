#include "client/command/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "google/rpc/error_details.pb.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

// Returns the table as it is written when there is no terminal.
std::string Plain(const v1::Indicator& asked, const v1::LookupResult& result) {
  const std::string table = Table({TextLineOf(asked, result)}, {});
  EXPECT_EQ(table.back(), '\n');
  return table.substr(0, table.size() - 1);
}

v1::Indicator Url(const std::string& text) {
  v1::Indicator indicator;
  indicator.set_url(text);
  return indicator;
}

v1::LookupResult Result(int code) {
  v1::LookupResult result;
  result.mutable_response()->mutable_verdict()->set_response_code(code);
  result.mutable_response()->set_source(v1::SOURCE_MEMORY);
  result.mutable_response()->mutable_fetch_time()->set_seconds(1700000000);
  return result;
}

TEST(Output, TextTellsWhatVirusTotalSays) {
  v1::LookupResult found = Result(1);
  found.mutable_response()->mutable_verdict()->set_positives(3);
  found.mutable_response()->mutable_verdict()->set_total(60);
  EXPECT_EQ(Plain(Url("http://a.com/"), found),
            "http://a.com/\t3 of 60 engines call it malicious (from memory, "
            "fetched 2023-11-14 22:13:20Z)");
  EXPECT_THAT(Plain(Url("u"), Result(0)), HasSubstr("not known"));
  EXPECT_THAT(Plain(Url("u"), Result(-1)), HasSubstr("unusable"));
  EXPECT_THAT(Plain(Url("u"), Result(-2)), HasSubstr("queued"));
}

TEST(Output, AWithheldValueIsNotCalledUnusable) {
  v1::LookupResult withheld = Result(-1);
  withheld.mutable_response()->mutable_verdict()->set_message(
      "withheld: the URL has credentials");
  withheld.mutable_response()->set_source(v1::SOURCE_LOCAL);
  EXPECT_EQ(Plain(Url("u"), withheld),
            "u\twithheld: the URL has credentials (answered by the daemon "
            "itself)");
}

TEST(Output, StaleIsSaidLoudly) {
  v1::LookupResult stale = Result(0);
  stale.mutable_response()->set_stale(true);
  EXPECT_THAT(Plain(Url("u"), stale), HasSubstr("(STALE, from memory, "));
}

TEST(Output, AFailureIsNoFinding) {
  const auto failed = FailedResult(absl::UnavailableError("no route"));
  EXPECT_EQ(Plain(Url("u"), failed), "u\tfailed: UNAVAILABLE: no route");
}

TEST(Output, AFailureSaysWhenToTryAgain) {
  v1::LookupResult failed =
      FailedResult(absl::ResourceExhaustedError("the minute is used up"));
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(47);
  info.mutable_retry_delay()->set_nanos(1);
  failed.mutable_error()->add_details()->PackFrom(info);
  EXPECT_THAT(Plain(Url("u"), failed),
              testing::EndsWith("the minute is used up (retry in 48 s)"));
}

TEST(Output, ATextThatIsTooLongKeepsItsEnd) {
  v1::LookupResult withheld = Result(-1);
  withheld.mutable_response()->mutable_verdict()->set_message(
      "withheld: a name that is of the internal domain corp.example.com");
  const std::string table = Table(
      {TextLineOf(Url("http://a.com/" + std::string(90, 'x') + "/evil.exe"),
                  withheld)},
      {.columns = 80});
  EXPECT_THAT(table, HasSubstr("evil.exe  withheld: "));
  EXPECT_THAT(table, HasSubstr("example.com"));
}

TEST(Output, ControlCharactersOfTheIndicatorAreNotPrinted) {
  EXPECT_THAT(Plain(Url("a\x1b[31m\nb"), Result(0)),
              testing::StartsWith("a\\u001b[31m\\u000ab\t"));
  // C1's CSI, in UTF-8, and a change of direction; umlauts stay.
  EXPECT_THAT(Plain(Url("a\xC2\x9B"
                        "31m\xC3\xA4\u202E"),
                    Result(0)),
              testing::StartsWith("a\\u009b31m\xC3\xA4\\u202e\t"));
}

TEST(Output, ATableFitsTheScreen) {
  v1::LookupResult bad = Result(1);
  bad.mutable_response()->mutable_verdict()->set_positives(3);
  bad.mutable_response()->mutable_verdict()->set_total(60);
  const std::vector<TextLine> lines = {
      TextLineOf(Url("http://a.com/" + std::string(200, 'x')), bad),
      TextLineOf(Url("http://\u00e4.com/"), Result(0))};
  for (const size_t columns : {size_t{40}, size_t{80}, size_t{200}}) {
    const std::string table = Table(lines, {.columns = columns});
    const size_t first = table.find('\n');
    // An ellipsis has three bytes and takes one column.
    EXPECT_LE(first, columns + 6) << table;
    EXPECT_THAT(table, HasSubstr("\u2026"));
    EXPECT_THAT(table, Not(HasSubstr("\033")));
  }
  const std::string table = Table(lines, {.columns = 80, .color = true});
  EXPECT_THAT(table, HasSubstr("\033[1;31m3 of 60"));
  EXPECT_THAT(table, HasSubstr("\033[33mnot known"));
}

TEST(Output, JsonHasTheNamesOfTheProtos) {
  const auto json = nlohmann::json::parse(JsonLine(Url("u"), Result(0)));
  EXPECT_EQ(json["verdict"]["response_code"], 0);
  EXPECT_EQ(json["source"], "SOURCE_MEMORY");
  EXPECT_EQ(json["fetch_time"], "2023-11-14T22:13:20Z");
}

TEST(Output, JsonOfAFailureWithDetailsNobodyKnowsIsStillAFailure) {
  v1::LookupResult failed = FailedResult(absl::UnavailableError("no route"));
  failed.mutable_error()->add_details()->set_type_url("x.com/un.Known");
  const auto json = nlohmann::json::parse(JsonLine(Url("u"), failed));
  EXPECT_EQ(json["error"]["code"], 14);
}

TEST(Output, JsonOfAFailureHasItsDetails) {
  v1::LookupResult failed = FailedResult(absl::UnavailableError("no route"));
  google::rpc::ErrorInfo info;
  info.set_reason("WHY");
  failed.mutable_error()->add_details()->PackFrom(info);
  const auto json = nlohmann::json::parse(JsonLine(Url("u"), failed));
  EXPECT_EQ(json["error"]["code"], 14);
  EXPECT_EQ(json["error"]["details"][0]["reason"], "WHY");
  EXPECT_EQ(json["indicator"]["url"], "u");
}

}  // namespace
}  // namespace vtlookup
