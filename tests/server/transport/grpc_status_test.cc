#include "server/transport/grpc_status.h"

#include <gtest/gtest.h>

#include "core/failure.h"
#include "google/rpc/error_details.pb.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

template <typename Detail>
std::optional<Detail> DetailOf(const google::rpc::Status& status) {
  std::optional<Detail> found;
  for (const auto& any : status.details()) {
    Detail detail;
    if (!any.UnpackTo(&detail)) continue;
    EXPECT_FALSE(found.has_value()) << "each type once";
    found = detail;
  }
  return found;
}

TEST(Errors, AQuotaSaysWhichAndWhenToComeBack) {
  const auto status = ToRpcStatus(QuotaUsedUp("minute", absl::Seconds(42)));
  EXPECT_EQ(status.code(), 8);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->reason(),
            "QUOTA_MINUTE_EXCEEDED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->domain(), "vtlookup");
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(status)->retry_delay().seconds(),
            42);
  const auto quota = DetailOf<google::rpc::QuotaFailure>(status);
  ASSERT_EQ(quota->violations_size(), 1);
  EXPECT_EQ(quota->violations(0).subject(), "virustotal api key");
}

TEST(Errors, AUsedUpShareIsTheClientsAndNotTheKeys) {
  const auto status =
      ToRpcStatus(FailureStatus(absl::StatusCode::kResourceExhausted, "used up",
                                {.reason = "CLIENT_SHARE_USED_UP",
                                 .retry_after = absl::Hours(1),
                                 .quota = "client and day"}));
  const auto quota = DetailOf<google::rpc::QuotaFailure>(status);
  ASSERT_EQ(quota->violations_size(), 1);
  EXPECT_EQ(quota->violations(0).subject(), "client");
}

TEST(Errors, BurstAndDayAreToldApart) {
  const auto day = ToRpcStatus(QuotaUsedUp("day", absl::Hours(3)));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(day)->reason(),
            "QUOTA_DAY_EXCEEDED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(day)->metadata().at("quota"),
            "day");
  const auto burst = ToRpcStatus(TooManyRequests(absl::Seconds(9)));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(burst)->reason(),
            "VIRUSTOTAL_TOO_MANY_REQUESTS");
  EXPECT_EQ(
      DetailOf<google::rpc::QuotaFailure>(burst)->violations(0).description(),
      "VirusTotal has had too many requests in a short time");
}

TEST(Errors, AnUnreachableServiceIsWorthAskingAgain) {
  const auto status = ToRpcStatus(Unreachable("Timeout was reached", true));
  EXPECT_EQ(status.code(), 14);
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_value());
  EXPECT_FALSE(DetailOf<google::rpc::QuotaFailure>(status).has_value());
}

TEST(Errors, ARefusedKeyIsNot) {
  const auto status = ToRpcStatus(KeyRefused());
  EXPECT_EQ(status.code(), 9);
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->reason(),
            "API_KEY_REFUSED");
  EXPECT_FALSE(DetailOf<google::rpc::RetryInfo>(status).has_value());
}

TEST(Errors, ABadFieldIsNamed) {
  const auto status = ToRpcStatus(BadField("indicators[7]", "empty"));
  EXPECT_EQ(status.code(), 3);
  const auto request = DetailOf<google::rpc::BadRequest>(status);
  EXPECT_EQ(request->field_violations(0).field(), "indicators[7]");
}

TEST(Errors, AnyFailureHasAReason) {
  const auto status = ToRpcStatus(absl::InternalError("odd"));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(status)->reason(), "INTERNAL");
}

}  // namespace
}  // namespace vtlookup
