#include "server/misses/refusals.h"

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {

absl::Status NotCached() {
  return FailureStatus(absl::StatusCode::kNotFound, "not cached",
                       {.reason = reasons::kNotCached});
}

absl::Status TooManyWaiting(std::string_view what) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted, what,
      {.reason = reasons::kTooManyWaiting, .retry_after = kAskAgain});
}

absl::Status TooSlow() {
  return TooManyWaiting(
      "VirusTotal is slow, and too many lookups are before this one to serve "
      "it before its deadline; set a later one, or try again");
}

absl::Status RepliesNotRead(uint64_t limit) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("too many bytes of replies wait to be read by clients "
                   "(limits.max_unsent is ",
                   limit, "); read what was sent, or ask for less at a time"),
      {.reason = reasons::kRepliesNotRead, .retry_after = kAskAgain});
}

absl::Status ReplyTooLarge(uint64_t limit) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("the answers before this one fill the reply "
                   "(limits.max_reply is ",
                   limit,
                   "); ask for fewer indicators at a time, or with "
                   "VIEW_SUMMARY"),
      {.reason = reasons::kReplyTooLarge});
}

absl::Status TooManySlow() {
  return TooManyWaiting(
      "too many messages with more than 32 internationalised names wait to be "
      "parsed; send fewer such names in a message, or ask again");
}

absl::Status ShuttingDown() {
  return FailureStatus(
      absl::StatusCode::kUnavailable, "the daemon is shutting down",
      {.reason = reasons::kShuttingDown, .retry_after = kAskAgain});
}

}  // namespace vtlookup
