#include "core/failure.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {
namespace {

constexpr char kReason[] = "vtlookup/reason";
constexpr char kRetryAfter[] = "vtlookup/retry_after_us";
constexpr char kQuota[] = "vtlookup/quota";
constexpr char kNotSent[] = "vtlookup/not_sent";
constexpr char kOutage[] = "vtlookup/outage";
constexpr char kField[] = "vtlookup/field";

std::string PayloadText(const absl::Status& status, const char* name) {
  const absl::optional<absl::Cord> payload = status.GetPayload(name);
  return payload.has_value() ? std::string(*payload) : "";
}

}  // namespace

absl::Status FailureStatus(absl::StatusCode code, std::string_view message,
                           const Failure& failure) {
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(kReason, absl::Cord(failure.reason));
  if (failure.retry_after.has_value()) {
    status.SetPayload(kRetryAfter,
                      absl::Cord(absl::StrCat(
                          absl::ToInt64Microseconds(*failure.retry_after))));
  }
  if (!failure.quota.empty()) {
    status.SetPayload(kQuota, absl::Cord(failure.quota));
  }
  if (failure.not_sent) status.SetPayload(kNotSent, absl::Cord("1"));
  if (failure.outage) status.SetPayload(kOutage, absl::Cord("1"));
  if (!failure.field.empty()) {
    status.SetPayload(kField, absl::Cord(failure.field));
  }
  return status;
}

Failure FailureOf(const absl::Status& status) {
  Failure failure;
  failure.reason = PayloadText(status, kReason);
  failure.quota = PayloadText(status, kQuota);
  failure.not_sent = !PayloadText(status, kNotSent).empty();
  failure.outage = !PayloadText(status, kOutage).empty();
  failure.field = PayloadText(status, kField);
  int64_t microseconds = 0;
  if (absl::SimpleAtoi(PayloadText(status, kRetryAfter), &microseconds)) {
    failure.retry_after = absl::Microseconds(microseconds);
  }
  return failure;
}

}  // namespace vtlookup
