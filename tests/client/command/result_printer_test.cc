#include "client/command/result_printer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStdout;

v1::Indicator Domain(const std::string& name) {
  v1::Indicator indicator;
  indicator.set_domain(name);
  return indicator;
}

v1::LookupResult Missing() {
  v1::LookupResult result;
  result.mutable_response()->mutable_verdict()->set_response_code(0);
  return result;
}

TEST(ResultPrinter, PrintsJsonAtOnce) {
  CaptureStdout();
  ResultPrinter printer({.json = true});
  printer.Add(Domain("a.com"), Missing());
  std::fflush(stdout);
  const std::string out = GetCapturedStdout();
  EXPECT_TRUE(out.starts_with("{")) << out;
  EXPECT_TRUE(out.ends_with("}\n")) << out;
  CaptureStdout();
  printer.EndTable();
  EXPECT_EQ(GetCapturedStdout(), "");
}

TEST(ResultPrinter, KeepsTextUntilTheTableIsWhole) {
  CaptureStdout();
  ResultPrinter printer({});
  printer.Add(Domain("a.com"), Missing());
  printer.Add(Domain("b.com"), Missing());
  std::fflush(stdout);
  EXPECT_EQ(GetCapturedStdout(), "");
  CaptureStdout();
  printer.EndTable();
  const std::string out = GetCapturedStdout();
  EXPECT_LT(out.find("a.com"), out.find("b.com"));
  CaptureStdout();
  printer.EndTable();
  EXPECT_EQ(GetCapturedStdout(), "") << "each line is printed once";
}

TEST(ResultPrinter, OneFailureIsRemembered) {
  CaptureStdout();
  ResultPrinter printer({});
  EXPECT_EQ(printer.exit_status(), 0);
  printer.Add(Domain("a.com"), Missing());
  EXPECT_EQ(printer.exit_status(), 0) << "not known is an answer";
  printer.Add(Domain("b.com"), FailedResult(absl::UnavailableError("no")));
  printer.Add(Domain("c.com"), Missing());
  printer.EndTable();
  EXPECT_THAT(GetCapturedStdout(), HasSubstr("UNAVAILABLE"));
  EXPECT_EQ(printer.exit_status(), 1);
}

TEST(ResultPrinter, TheExitStatusTellsWhatWasAskedFor) {
  const struct {
    int code;
    int positives;
    const char* finding;
  } cases[] = {{1, 3, "malicious"},
               {0, 0, "missing"},
               {-2, 0, "queued"},
               {-1, 0, "unusable"},
               {1, 0, "nothing"}};
  for (const auto& each : cases) {
    for (const char* asked : {"malicious", "missing", "queued", "unusable"}) {
      ResultPrinter printer({.json = true, .fail_on = {asked}});
      v1::LookupResult result;
      v1::Verdict& verdict = *result.mutable_response()->mutable_verdict();
      verdict.set_response_code(each.code);
      if (each.code == 1) {
        verdict.set_positives(static_cast<uint32_t>(each.positives));
      }
      CaptureStdout();
      printer.Add(Domain("a.com"), result);
      EXPECT_EQ(printer.exit_status(),
                std::string(asked) == each.finding ? 3 : 0)
          << asked << " " << each.finding;
      printer.Add(Domain("b.com"), FailedResult(absl::UnavailableError("no")));
      EXPECT_EQ(printer.exit_status(), 1) << "a failure matters more";
      std::fflush(stdout);
      GetCapturedStdout();
    }
  }
}

TEST(ResultPrinter, AReportIsPrintedAtOnce) {
  CaptureStdout();
  ResultPrinter printer({.verbose = true});
  printer.Add(Domain("a.com"), Missing());
  std::fflush(stdout);
  EXPECT_THAT(GetCapturedStdout(), HasSubstr("domain a.com\n  not known"));
}

}  // namespace
}  // namespace vtlookup
