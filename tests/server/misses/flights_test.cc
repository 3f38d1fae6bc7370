#include "server/misses/flights.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(Flights, AReportAndASubmissionFlyApart) {
  const auto url = *Indicator::Parse(Kind::kUrl, "http://a.com/");
  Flights flights;
  const auto add = [&](Purpose purpose) {
    return &flights.Add(
        {.indicator = url, .purpose = purpose, .lane = Lane::kBulk});
  };
  Flight* const report = add(Purpose::kReport);
  Flight* const submission = add(Purpose::kSubmit);
  EXPECT_EQ(flights.Find(url, Purpose::kReport), report);
  EXPECT_EQ(flights.Find(url, Purpose::kReportOrSubmit), report);
  EXPECT_EQ(flights.Find(url, Purpose::kSubmit), submission);
  EXPECT_EQ(flights.Remove(*report).get(), report);
  EXPECT_EQ(flights.Find(url, Purpose::kReportOrSubmit), nullptr);
  EXPECT_EQ(flights.RemoveAll().size(), 1);
  EXPECT_EQ(flights.Find(url, Purpose::kSubmit), nullptr);
}

}  // namespace
}  // namespace vtlookup
