#include "client/command/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

std::string SummaryOf(Progress& progress) {
  CaptureStderr();
  progress.Finish();
  return GetCapturedStderr();
}

TEST(Progress, CountsRowsByWhatBecameOfThem) {
  Progress progress(/*summary=*/true, /*bar=*/false);
  for (int i = 0; i < 1234; ++i) progress.AddUntouched();
  for (int i = 0; i < 30; ++i) progress.AddLookup(/*cached=*/true, "");
  for (int i = 0; i < 5; ++i) progress.AddLookup(/*cached=*/false, "");
  progress.AddLookup(/*cached=*/false, "\"no route\"");
  progress.AddLookup(/*cached=*/false, "\"no route\"");
  progress.AddBad();
  EXPECT_EQ(progress.failures(), 3);
  const std::string summary = SummaryOf(progress);
  EXPECT_TRUE(summary.starts_with("vtlookup: 1,272 rows in ")) << summary;
  EXPECT_THAT(summary, HasSubstr("37 looked up, 30 of them from the cache; 2 "
                                 "failed; 1,234 unchanged; 1 line is not a "
                                 "row"));
  EXPECT_THAT(summary, HasSubstr("\n  2 times \"no route\"\n"));
}

TEST(Progress, TellsAFewKindsOfFailures) {
  Progress progress(/*summary=*/true, /*bar=*/false);
  for (int i = 0; i < 100; ++i) {
    progress.AddLookup(false, "failure " + std::to_string(i));
  }
  progress.AddLookup(false, "failure 0");
  const std::string summary = SummaryOf(progress);
  EXPECT_THAT(summary, HasSubstr("101 failed"));
  EXPECT_THAT(summary, HasSubstr("2 times failure 0"));
  EXPECT_EQ(std::count(summary.begin(), summary.end(), '\n'), 11);
}

TEST(Progress, IsSilentUnlessAsked) {
  Progress progress(/*summary=*/false, /*bar=*/false);
  progress.AddLookup(false, "x");
  EXPECT_EQ(SummaryOf(progress), "");
  CaptureStderr();
  progress.Say("words");
  EXPECT_EQ(GetCapturedStderr(), "vtlookup: words\n");
}

}  // namespace
}  // namespace vtlookup
