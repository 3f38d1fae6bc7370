#include "virustotal/http/failures.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// Long enough to spare a service in trouble, short enough for a caller.
constexpr absl::Duration kAskAgain = absl::Seconds(5);
// Other clients of VirusTotal wait as long.
constexpr absl::Duration kNotAvailableYet = absl::Minutes(1);

constexpr char kQuotaRefused[] =
    "VirusTotal refuses requests with this API key, because a quota is used "
    "up; it does not say which quota";

std::string Shown(absl::Duration pause) {
  return absl::FormatDuration(absl::Ceil(pause, absl::Seconds(1)));
}

}  // namespace

absl::Status Unreachable(std::string_view why, bool sent) {
  return FailureStatus(
      absl::StatusCode::kUnavailable,
      absl::StrCat("VirusTotal cannot be reached: ", ToAbsl(why)),
      {.reason = reasons::kUnreachable,
       .retry_after = kAskAgain,
       .not_sent = !sent,
       .outage = true});
}

absl::Status BadAnswer(std::string_view why) {
  return FailureStatus(
      absl::StatusCode::kUnavailable,
      absl::StrCat("VirusTotal gave no usable answer: ", ToAbsl(why)),
      {.reason = reasons::kVirusTotalFailed, .retry_after = kAskAgain});
}

absl::Status Outage(std::string_view why) {
  return FailureStatus(absl::StatusCode::kUnavailable,
                       absl::StrCat("VirusTotal has an outage: ", ToAbsl(why)),
                       {.reason = reasons::kVirusTotalFailed,
                        .retry_after = kAskAgain,
                        .outage = true});
}

absl::Status LeftAlone(absl::Duration retry_after) {
  return FailureStatus(
      absl::StatusCode::kUnavailable,
      absl::StrCat(
          "VirusTotal has failed too often in a row; requests to it are paused "
          "for ",
          Shown(retry_after)),
      {.reason = reasons::kLeftAlone, .retry_after = retry_after});
}

absl::Status QuotaUsedUp(std::string_view quota, absl::Duration retry_after) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("the API key's quota per ", ToAbsl(quota), " is used up"),
      {.reason = absl::StrCat("QUOTA_", absl::AsciiStrToUpper(ToAbsl(quota)),
                              "_EXCEEDED"),
       .retry_after = retry_after,
       .quota = std::string(quota)});
}

absl::Status QuotaRefused(absl::Duration retry_after) {
  return FailureStatus(absl::StatusCode::kResourceExhausted, kQuotaRefused,
                       {.reason = reasons::kMinuteQuotaExceeded,
                        .retry_after = retry_after,
                        .quota = "unknown"});
}

absl::Status QuotaPaused(absl::Duration left) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat(kQuotaRefused, "; requests with the key are paused for ",
                   Shown(left)),
      {.reason = reasons::kMinuteQuotaExceeded,
       .retry_after = left,
       .quota = "unknown"});
}

absl::Status TooManyRequests(absl::Duration retry_after) {
  return FailureStatus(absl::StatusCode::kResourceExhausted,
                       absl::StrCat("VirusTotal refuses further requests, "
                                    "because there were too many; requests are "
                                    "paused for ",
                                    Shown(retry_after)),
                       {.reason = reasons::kTooManyRequests,
                        .retry_after = retry_after,
                        .quota = "burst"});
}

absl::Status NotAvailableYet() {
  return FailureStatus(
      absl::StatusCode::kUnavailable,
      "VirusTotal has no answer yet; ask again in a minute",
      {.reason = reasons::kNotAvailableYet, .retry_after = kNotAvailableYet});
}

absl::Status KeyRefused() {
  return FailureStatus(absl::StatusCode::kFailedPrecondition,
                       "VirusTotal refuses the API key",
                       {.reason = reasons::kApiKeyRefused});
}

absl::Status KeyNotAllowed() {
  return FailureStatus(
      absl::StatusCode::kFailedPrecondition,
      "VirusTotal does not allow this request with this API key",
      {.reason = reasons::kApiKeyNotAllowed});
}

}  // namespace vtlookup
