// The expected reports were written by hand.

#include "client/command/report.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1795700000);

v1::LookupResponse Response(const std::string& text) {
  v1::LookupResponse response;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &response));
  return response;
}

v1::Indicator File(const std::string& hash) {
  v1::Indicator indicator;
  indicator.set_file_hash(hash);
  return indicator;
}

TEST(Report, OfAFile) {
  const v1::LookupResponse response = Response(R"(
      verdict {
        response_code: 1 positives: 2 total: 68
        scan_time { seconds: 1795610000 } permalink: "https://p/"
        file {
          sha256: "275a"
          engines { engine: "A" detected: true result: "EICAR-Test-File" }
          engines { engine: "B" }
          engines { engine: "C" detected: true }
        }
      }
      source: SOURCE_MEMORY
      fetch_time { seconds: 1795699820 } expire_time { seconds: 1795782800 })");
  EXPECT_EQ(ReportOf(File("44d8"), response, kNow, false),
            "file 44d8\n"
            "  2 of 68 engines call it malicious\n"
            "  analysed   2026-11-25 12:33Z (1 d 1 h ago)\n"
            "  asked      2026-11-26 13:30Z (3 min ago), fresh for 23 h, from "
            "memory\n"
            "  detected   A: EICAR-Test-File \u00b7 C\n"
            "  sha256     275a\n"
            "  report     https://p/\n");
}

TEST(Report, NamesTheFirstEnginesUnlessAllAreWanted) {
  v1::LookupResponse response;
  for (int i = 0; i < 60; ++i) {
    v1::EngineResult& engine =
        *response.mutable_verdict()->mutable_url()->add_engines();
    engine.set_engine("engine" + std::to_string(i));
    engine.set_detected(true);
  }
  const std::string brief = ReportOf({}, response, kNow, false);
  EXPECT_THAT(brief, HasSubstr("engine7 \u00b7 52 more (-v)"));
  EXPECT_THAT(ReportOf({}, response, kNow, true), HasSubstr("engine59"));
}

TEST(Report, SaysWhatIsStaleOrNotThere) {
  v1::LookupResponse stale = Response(R"(
      verdict { response_code: 0 } source: SOURCE_DISK stale: true
      fetch_time { seconds: 1795527200 } expire_time { seconds: 1795613600 })");
  const std::string text = ReportOf(File("x"), stale, kNow, false);
  EXPECT_THAT(text, HasSubstr("not known to VirusTotal\n"));
  EXPECT_THAT(text, HasSubstr("STALE for 1 d, from disk\n"));
  EXPECT_THAT(text, Not(HasSubstr("detected")));
  EXPECT_THAT(text, Not(HasSubstr("analysed")));
}

TEST(Report, HasNoControlCharacters) {
  const v1::LookupResponse response = Response(R"(
      verdict {
        response_code: 1 permalink: "https://p/\033[2J"
        ip { as_owner: "O\033" as_number: 15169 country: "US"
             resolutions { host_name: "a.com" } }
      })");
  const std::string text = ReportOf({}, response, kNow, false);
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, HasSubstr("owner      O\\u001b, AS15169, US\n"));
  EXPECT_THAT(text, HasSubstr("names      a.com\n"));
}

}  // namespace
}  // namespace vtlookup
