// Tests what an error of API v3 means.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "core/failure.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/v3/dialect_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(DialectV3Error, APageFromInBetweenIsNotVirusTotalsWord) {
  for (const int status : {301, 400, 401, 403, 404, 407, 502, 503}) {
    for (const std::string body :
         {"", "<html>404</html>", "{}", R"({"error": {}})",
          R"({"error": "NotFoundError"})",
          R"({"error": {"code": "SomethingNew", "message": "s3cret"}})"}) {
      const auto verdict =
          ReadFirst(kDialectV3, AFile(), Purpose::kReport,
                    {.status = status, .retry_after = {}, .body = body});
      EXPECT_TRUE(absl::IsUnavailable(verdict.status())) << status << body;
      EXPECT_THAT(verdict.status().message(), Not(HasSubstr("s3cret")));
    }
  }
}

TEST(DialectV3Error, TheCodeDecidesNotTheHttpStatus) {
  EXPECT_EQ(ReadFirst(kDialectV3, AFile(), Purpose::kReport,
                      Error(400, "NotFoundError"))
                ->response_code(),
            0);
  EXPECT_TRUE(
      absl::IsResourceExhausted(ReadFirst(kDialectV3, AFile(), Purpose::kReport,
                                          Error(404, "QuotaExceededError"))
                                    .status()));
}

TEST(DialectV3Error, TellsWhenToComeBack) {
  const auto retry = [](HttpResponse response) {
    return FailureOf(ReadFirst(kDialectV3, AFile(), Purpose::kReport,
                               std::move(response))
                         .status())
        .retry_after;
  };
  EXPECT_EQ(retry(Error(400, "NotAvailableYet")), absl::Seconds(60));
  EXPECT_EQ(retry(Error(429, "QuotaExceededError")), absl::Seconds(60));
  EXPECT_EQ(retry(Error(503, "TransientError")), absl::Seconds(5));
  HttpResponse told = Error(429, "TooManyRequestsError");
  told.retry_after = absl::Seconds(7);
  EXPECT_EQ(retry(told), absl::Seconds(7));
  EXPECT_EQ(retry({.status = 429, .retry_after = {}, .body = "<html>"}),
            absl::Seconds(60));
}

}  // namespace
}  // namespace vtlookup
