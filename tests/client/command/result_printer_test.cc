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
  ResultPrinter printer(/*json=*/true);
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
  ResultPrinter printer(/*json=*/false);
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
  ResultPrinter printer(/*json=*/false);
  EXPECT_EQ(printer.exit_status(), 0);
  printer.Add(Domain("a.com"), Missing());
  EXPECT_EQ(printer.exit_status(), 0) << "not known is an answer";
  printer.Add(Domain("b.com"), FailedResult(absl::UnavailableError("no")));
  printer.Add(Domain("c.com"), Missing());
  printer.EndTable();
  EXPECT_THAT(GetCapturedStdout(), HasSubstr("UNAVAILABLE"));
  EXPECT_EQ(printer.exit_status(), 1);
}

}  // namespace
}  // namespace vtlookup
