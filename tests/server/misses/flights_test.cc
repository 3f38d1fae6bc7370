#include "server/misses/flights.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(Flights, AReportAndASubmissionFlyApart) {
  const auto url = *Indicator::Parse(Kind::kUrl, "http://a.com/");
  Flights flights;
  const auto add = [&](Ask ask) {
    return &flights.Add({.indicator = url, .ask = ask, .lane = Lane::kBulk});
  };
  Flight* const report = add(Ask::kReport);
  Flight* const submission = add(Ask::kSubmit);
  EXPECT_EQ(flights.Find(url, Ask::kReport), report);
  EXPECT_EQ(flights.Find(url, Ask::kReportOrSubmit), report);
  EXPECT_EQ(flights.Find(url, Ask::kSubmit), submission);
  EXPECT_EQ(flights.Remove(*report).get(), report);
  EXPECT_EQ(flights.Find(url, Ask::kReportOrSubmit), nullptr);
  EXPECT_EQ(flights.RemoveAll().size(), 1);
  EXPECT_EQ(flights.Find(url, Ask::kSubmit), nullptr);
}

}  // namespace
}  // namespace vtlookup
