#include "server/refusal.h"

#include "core/failure.h"

namespace vtlookup {

absl::Status NotCached() {
  return FailureStatus(absl::StatusCode::kNotFound, "not cached",
                       {.reason = "NOT_CACHED"});
}

absl::Status TooManyWaiting(std::string_view what) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted, what,
      {.reason = "TOO_MANY_WAITING", .retry_after = kAskAgain});
}

absl::Status TooSlow() {
  return TooManyWaiting("VirusTotal is slow, and others were before");
}

absl::Status ShuttingDown() {
  return FailureStatus(absl::StatusCode::kUnavailable,
                       "the daemon is shutting down",
                       {.reason = "SHUTTING_DOWN", .retry_after = kAskAgain});
}

}  // namespace vtlookup
