#include "core/failure.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

TEST(Failure, TravelsInAStatus) {
  const absl::Status status =
      FailureStatus(absl::StatusCode::kUnavailable, "words",
                    {.reason = "WHY",
                     .retry_after = absl::Milliseconds(1500),
                     .quota = "day",
                     .not_sent = true,
                     .outage = true,
                     .field = "indicator.url"});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "words");
  // A copy keeps it.
  const absl::Status copy = status;
  const Failure failure = FailureOf(copy);
  EXPECT_EQ(failure.reason, "WHY");
  EXPECT_EQ(failure.retry_after, absl::Milliseconds(1500));
  EXPECT_EQ(failure.quota, "day");
  EXPECT_TRUE(failure.not_sent);
  EXPECT_TRUE(failure.outage);
  EXPECT_EQ(failure.field, "indicator.url");
}

TEST(Failure, SaysNothingThatItWasNotTold) {
  const Failure failure = FailureOf(
      FailureStatus(absl::StatusCode::kInternal, "", {.reason = "WHY"}));
  EXPECT_EQ(failure.reason, "WHY");
  EXPECT_EQ(failure.retry_after, std::nullopt);
  EXPECT_EQ(failure.quota, "");
  EXPECT_FALSE(failure.not_sent);
  EXPECT_FALSE(failure.outage);
  EXPECT_EQ(failure.field, "");
}

// "Ask again at once" is not "nothing is known about when".
TEST(Failure, APauseOfZeroIsAPause) {
  EXPECT_EQ(FailureOf(FailureStatus(absl::StatusCode::kInternal, "",
                                    {.retry_after = absl::ZeroDuration()}))
                .retry_after,
            absl::ZeroDuration());
}

TEST(Failure, IsEmptyOfAStatusWithoutOne) {
  for (const absl::Status& status :
       {absl::OkStatus(), absl::NotFoundError("gone")}) {
    const Failure failure = FailureOf(status);
    EXPECT_EQ(failure.reason, "");
    EXPECT_EQ(failure.retry_after, std::nullopt);
    EXPECT_FALSE(failure.not_sent);
    EXPECT_FALSE(failure.outage);
  }
}

}  // namespace
}  // namespace vtlookup
