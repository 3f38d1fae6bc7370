#include "server/misses/refusals.h"

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {

absl::Status NotCached() {
  return FailureStatus(absl::StatusCode::kNotFound,
                       "nothing usable is cached, and CACHE_MODE_ONLY does not "
                       "ask VirusTotal",
                       {.reason = reasons::kNotCached});
}

absl::Status TooManyWaiting(std::string_view message) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted, message,
      {.reason = reasons::kTooManyWaiting, .retry_after = kAskAgain});
}

absl::Status TooSlow() {
  return TooManyWaiting(
      "refused: VirusTotal is slow, and too many lookups wait before this one, "
      "so that it would not be answered before its deadline; set a later "
      "deadline, or try again");
}

absl::Status RepliesNotRead(uint64_t limit) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("refused: clients have left too many bytes of replies "
                   "unread (limits.max_unsent is ",
                   limit,
                   " bytes); read the replies, or ask for less at a time"),
      {.reason = reasons::kRepliesNotRead, .retry_after = kAskAgain});
}

absl::Status ReplyTooLarge(uint64_t limit) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat(
          "refused: the answers before this one fill the reply "
          "(limits.max_reply is ",
          limit,
          " bytes); ask for fewer indicators at a time, or for VIEW_SUMMARY"),
      {.reason = reasons::kReplyTooLarge});
}

absl::Status TooManySlow() {
  return TooManyWaiting(
      "refused: too many messages with more than 32 internationalised names "
      "wait to be parsed; send fewer such names in a message, or try again");
}

absl::Status ShuttingDown() {
  return FailureStatus(
      absl::StatusCode::kUnavailable, "the daemon is shutting down",
      {.reason = reasons::kShuttingDown, .retry_after = kAskAgain});
}

}  // namespace vtlookup
