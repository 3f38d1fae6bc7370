#include "virustotal/v3/overall_quotas.h"

#include <gtest/gtest.h>

#include <string>

#include "core/failure.h"

namespace vtlookup {
namespace {

std::string Body(const std::string& daily, const std::string& monthly) {
  return R"({"data": {"api_requests_hourly": {"user": {"allowed": 1, "used": 1}},
             "api_requests_daily": )" +
         daily + R"(, "api_requests_monthly": )" + monthly + "}}";
}

TEST(OverallQuotas, AreThoseOfDayAndMonth) {
  const auto told =
      ReadOverallQuotas(Body(R"({"user": {"allowed": 500, "used": 3}})",
                             R"({"user": {"allowed": 15500, "used": 40}})"));
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ((*told)[WindowKind::kDay]->allowed, 500);
  EXPECT_EQ((*told)[WindowKind::kDay]->used, 3);
  EXPECT_EQ((*told)[WindowKind::kMonth]->allowed, 15500);
  EXPECT_EQ((*told)[WindowKind::kMonth]->used, 40);
}

TEST(OverallQuotas, TheOneWithLessLeftCounts) {
  const auto told =
      ReadOverallQuotas(Body(R"({"user": {"allowed": 500, "used": 3},
               "group": {"allowed": 10000, "used": 9990}})",
                             R"({"group": {"allowed": 10, "used": 0},
               "user": {"allowed": 5, "used": 900}})"));
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ((*told)[WindowKind::kDay]->allowed, 10000);
  EXPECT_EQ((*told)[WindowKind::kDay]->left(), 10);
  EXPECT_EQ((*told)[WindowKind::kMonth]->allowed, 5);
  EXPECT_EQ((*told)[WindowKind::kMonth]->left(), 0)
      << "more used than allowed is none left";
}

TEST(OverallQuotas, AnAllowanceBeyondTheCounterIsTheLargest) {
  const auto told = ReadOverallQuotas(
      Body(R"({"user": {"allowed": 1000000000000, "used": 0}})", "null"));
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ((*told)[WindowKind::kDay]->allowed, 4294967295);
  EXPECT_FALSE((*told)[WindowKind::kMonth].has_value());
}

TEST(OverallQuotas, HalfAQuotaIsNone) {
  for (const char* window :
       {"null", "{}", "[]", R"({"user": {"allowed": 5}})",
        R"({"user": {"used": 5}})", R"({"user": {"allowed": -1, "used": 0}})",
        R"({"user": {"allowed": 0.5, "used": 0}})", R"({"user": 5})",
        R"({"group": {"allowed": null, "used": 3}})"}) {
    const auto told = ReadOverallQuotas(Body(window, window));
    EXPECT_EQ(FailureOf(told.status()).reason, "VIRUSTOTAL_FAILED") << window;
  }
  for (const char* body : {"", "junk", "[]", "{}", R"({"data": {}})"}) {
    EXPECT_TRUE(absl::IsUnavailable(ReadOverallQuotas(body).status())) << body;
  }
}

}  // namespace
}  // namespace vtlookup
