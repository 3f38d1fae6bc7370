#include "virustotal/v3/error.h"

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "virustotal/api/json.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

// The pause when an answer has no Retry-After. VirusTotal's shortest quota
// window is a minute.
constexpr absl::Duration kQuotaPause = absl::Minutes(1);

enum class Cause {
  kTrouble,
  kOutage,
  kNotAvailableYet,
  kKey,
  kForbidden,
  kQuota,
  kTooMany,
};

// An error code of docs.virustotal.com/reference/errors.
struct Row {
  std::string_view code;
  Cause cause;
  ErrorV3::Kind kind = ErrorV3::Kind::kFailure;
};
constexpr Row kRows[] = {
    {"BadRequestError", Cause::kTrouble},
    {"InvalidArgumentError", Cause::kTrouble, ErrorV3::Kind::kInvalidArgument},
    {"NotAvailableYet", Cause::kNotAvailableYet},
    {"UnselectiveContentQueryError", Cause::kTrouble},
    {"UnsupportedContentQueryError", Cause::kTrouble},
    {"AuthenticationRequiredError", Cause::kKey},
    {"UserNotActiveError", Cause::kKey},
    {"WrongCredentialsError", Cause::kKey},
    {"ForbiddenError", Cause::kForbidden, ErrorV3::Kind::kForbidden},
    {"NotFoundError", Cause::kTrouble, ErrorV3::Kind::kNotFound},
    {"AlreadyExistsError", Cause::kTrouble, ErrorV3::Kind::kAlreadyExists},
    {"FailedDependencyError", Cause::kTrouble},
    {"QuotaExceededError", Cause::kQuota},
    {"TooManyRequestsError", Cause::kTooMany},
    {"TooManyRequests", Cause::kTooMany},
    {"TransientError", Cause::kOutage},
    {"DeadlineExceededError", Cause::kOutage},
};

const Row* FindRow(std::string_view code) {
  for (const Row& row : kRows) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

// An error as the body tells it; empty when the body is not an error of API v3.
struct Told {
  std::string code;
  std::string message;
};

Told ReadTold(const std::string& body) {
  Told told;
  const absl::Status read = ReadJson(body, [&told](json::value root) {
    ForEachField(root, [&told](std::string_view name, json::value error) {
      if (name != "error") return;
      ForEachField(error, [&told](std::string_view key, json::value field) {
        if (key == "code") ReadText(field, &told.code);
        if (key == "message") ReadText(field, &told.message);
      });
    });
    return absl::OkStatus();
  });
  return read.ok() ? told : Told();
}

// The code is the same for all quotas. Only the message may say which one is
// used up, and usually it does not.
absl::Status QuotaRefusalIn(std::string_view message, absl::Duration pause) {
  const std::string text = absl::AsciiStrToLower(ToAbsl(message));
  const bool day =
      absl::StrContains(text, "daily") || absl::StrContains(text, "per day");
  // There are daily limits of other things, too.
  return day && absl::StrContains(text, "quota") ? QuotaUsedUp("day", pause)
                                                 : QuotaRefused(pause);
}

absl::Status StatusOf(const Row& row, std::string_view message,
                      const HttpResponse& response) {
  switch (row.cause) {
    case Cause::kTrouble:
      return BadAnswer(
          absl::StrCat(ToAbsl(row.code), ", HTTP status ", response.status));
    case Cause::kOutage:
      return Outage(
          absl::StrCat(ToAbsl(row.code), ", HTTP status ", response.status));
    case Cause::kNotAvailableYet:
      return NotAvailableYet();
    case Cause::kKey:
      return KeyRefused();
    case Cause::kForbidden:
      return KeyNotAllowed();
    case Cause::kQuota:
      return QuotaRefusalIn(message,
                            response.retry_after.value_or(kQuotaPause));
    case Cause::kTooMany:
      return TooManyRequests(response.retry_after.value_or(kQuotaPause));
  }
  return BadAnswer("the error code is unknown");
}

}  // namespace

ErrorV3 ReadErrorV3(const HttpResponse& response) {
  const Told told = ReadTold(response.body);
  if (const Row* const row = FindRow(told.code)) {
    return {.kind = row->kind,
            .status = StatusOf(*row, told.message, response)};
  }
  // A 429 is obeyed even if a proxy sends it.
  if (response.status == 429) {
    return {.status =
                TooManyRequests(response.retry_after.value_or(kQuotaPause))};
  }
  const std::string what = absl::StrCat(
      "HTTP status ", response.status, ", without an error code of VirusTotal");
  return {.status = response.status >= 500 ? Outage(what) : BadAnswer(what)};
}

}  // namespace vtlookup
