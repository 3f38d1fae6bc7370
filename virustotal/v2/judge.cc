// A trap of API v2: when `scan=1` has submitted an unknown URL, the answer has
// code 1 ("there is a report") but no counts.

#include "virustotal/v2/judge.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/response_code.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

std::string_view DefaultMessage(ResponseCode code) {
  switch (code) {
    case ResponseCode::kPresent:
      return "Report found";
    case ResponseCode::kMissing:
      return "Not known to VirusTotal";
    case ResponseCode::kInvalid:
      return "VirusTotal calls the value invalid";
    case ResponseCode::kQueued:
      break;
  }
  return "Queued for analysis, come back later for the report";
}

}  // namespace

absl::StatusOr<OwnedVerdict> JudgeV2(Kind kind, Purpose purpose,
                                     ReportV2 report) {
  if (!report.response_code.has_value()) {
    return BadAnswer("the answer has no response_code");
  }
  OwnedVerdict owned = std::move(report.verdict);
  v1::Verdict& verdict = *owned;
  if (report.bad_counts) {
    return BadAnswer("a count is not a whole number");
  }
  if (verdict.has_positives() != verdict.has_total()) {
    return BadAnswer("the report has only one of `positives` and `total`");
  }
  const std::optional<ResponseCode> said =
      ResponseCodeOf(*report.response_code);
  if (!said.has_value()) return BadAnswer("the response_code is unknown");
  ResponseCode code = *said;
  if (code == ResponseCode::kPresent && purpose == Purpose::kSubmit) {
    code = ResponseCode::kQueued;
  } else if (code == ResponseCode::kPresent && HasCountsV2(kind) &&
             (!verdict.has_positives() ||
              (verdict.total() == 0 && !verdict.has_scan_time()))) {
    // The URL was just submitted, because a report would have counts. Taking
    // this for a report would call the URL clean. Counts of zero with a date
    // are a report in which no engine had an opinion.
    if (verdict.scan_id().empty()) {
      return BadAnswer("the report has no counts");
    }
    code = ResponseCode::kQueued;
  } else if (code == ResponseCode::kPresent && !HasCountsV2(kind) &&
             report.fields == 0) {
    return BadAnswer("the report has no content");
  }
  if (code != ResponseCode::kPresent) {
    verdict.clear_positives();
    verdict.clear_total();
    if (code != ResponseCode::kQueued || !verdict.has_url())
      verdict.clear_report();
  } else if (verdict.positives() > verdict.total()) {
    return BadAnswer("`positives` is greater than `total`");
  }
  if (code == ResponseCode::kInvalid || code == ResponseCode::kMissing) {
    verdict.clear_scan_time();
    verdict.clear_permalink();
    verdict.clear_scan_id();
  }
  verdict.set_response_code(NumberOf(code));
  if (verdict.message().empty()) {
    verdict.set_message(std::string(DefaultMessage(code)));
  }
  if (verdict.has_url() && verdict.url().resource().empty()) {
    verdict.mutable_url()->set_resource(verdict.url().url());
  }
  return owned;
}

}  // namespace vtlookup
