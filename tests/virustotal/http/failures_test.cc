// What each failure of a request is to a program: docs/clients.md has the same
// codes and reasons.

#include "virustotal/http/failures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "core/failure.h"

namespace vtlookup {
namespace {

struct Expected {
  absl::Status status;
  absl::StatusCode code;
  const char* reason;
  std::optional<absl::Duration> retry_after;
  const char* quota = "";
  bool outage = false;
};

TEST(Failures, HaveCodeReasonAndPause) {
  using absl::Seconds;
  using absl::StatusCode;
  const Expected kAll[] = {
      {Unreachable("no route", true), StatusCode::kUnavailable,
       "VIRUSTOTAL_UNREACHABLE", Seconds(5), "", true},
      {BadAnswer("not JSON"), StatusCode::kUnavailable, "VIRUSTOTAL_FAILED",
       Seconds(5)},
      {Outage("HTTP status 503"), StatusCode::kUnavailable, "VIRUSTOTAL_FAILED",
       Seconds(5), "", true},
      {LeftAlone(Seconds(42)), StatusCode::kUnavailable,
       "VIRUSTOTAL_LEFT_ALONE", Seconds(42)},
      {QuotaUsedUp("minute", Seconds(7)), StatusCode::kResourceExhausted,
       "QUOTA_MINUTE_EXCEEDED", Seconds(7), "minute"},
      {QuotaUsedUp("day", Seconds(7)), StatusCode::kResourceExhausted,
       "QUOTA_DAY_EXCEEDED", Seconds(7), "day"},
      {QuotaUsedUp("month", Seconds(7)), StatusCode::kResourceExhausted,
       "QUOTA_MONTH_EXCEEDED", Seconds(7), "month"},
      {TooManyRequests(Seconds(9)), StatusCode::kResourceExhausted,
       "VIRUSTOTAL_TOO_MANY_REQUESTS", Seconds(9), "burst"},
      {NotAvailableYet(), StatusCode::kUnavailable,
       "VIRUSTOTAL_NOT_AVAILABLE_YET", Seconds(60)},
      {KeyRefused(), StatusCode::kFailedPrecondition, "API_KEY_REFUSED",
       std::nullopt},
      {KeyNotAllowed(), StatusCode::kFailedPrecondition, "API_KEY_NOT_ALLOWED",
       std::nullopt}};
  for (const Expected& expected : kAll) {
    SCOPED_TRACE(expected.reason);
    const Failure failure = FailureOf(expected.status);
    EXPECT_EQ(expected.status.code(), expected.code);
    EXPECT_EQ(failure.reason, expected.reason);
    EXPECT_EQ(failure.retry_after, expected.retry_after);
    EXPECT_EQ(failure.quota, expected.quota);
    EXPECT_EQ(failure.outage, expected.outage);
    EXPECT_FALSE(failure.not_sent);
    EXPECT_FALSE(expected.status.message().empty());
  }
}

// Only what never left the machine costs no quota.
TEST(Failures, AnUnreachableVirusTotalMayHaveSeenTheRequest) {
  EXPECT_FALSE(FailureOf(Unreachable("timed out", true)).not_sent);
  EXPECT_TRUE(FailureOf(Unreachable("refused", false)).not_sent);
}

TEST(Failures, SayWhyInWords) {
  using testing::EndsWith;
  EXPECT_THAT(std::string(Unreachable("no route", true).message()),
              EndsWith(": no route"));
  EXPECT_THAT(std::string(BadAnswer("no report").message()),
              EndsWith(": no report"));
  EXPECT_THAT(std::string(Outage("HTTP status 503").message()),
              EndsWith(": HTTP status 503"));
}

}  // namespace
}  // namespace vtlookup
