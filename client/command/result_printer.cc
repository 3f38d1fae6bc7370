#include "client/command/result_printer.h"

#include <cstdio>
#include <utility>

#include "absl/time/clock.h"
#include "client/command/exit_status.h"
#include "client/command/report.h"
#include "core/response_code.h"

namespace vtlookup {
namespace {

// The name of a finding for --fail-on; empty for one that has none.
std::string FindingOf(const v1::Verdict& verdict) {
  switch (ResponseCodeOf(verdict.response_code())
              .value_or(ResponseCode::kInvalid)) {
    case ResponseCode::kPresent:
      return verdict.positives() > 0 ? "malicious" : "";
    case ResponseCode::kMissing:
      return "missing";
    case ResponseCode::kQueued:
      return "queued";
    case ResponseCode::kInvalid:
      break;
  }
  return "unusable";
}

}  // namespace

ResultPrinter::ResultPrinter(Options options)
    : options_(std::move(options)), screen_(StandardOutput()) {}

void ResultPrinter::Add(const v1::Indicator& asked,
                        const v1::LookupResult& result) {
  failed_ |= result.has_error();
  if (result.has_response()) {
    found_ |= options_.fail_on.contains(FindingOf(result.response().verdict()));
  }
  const bool report =
      options_.verbose || (options_.single && screen_.columns > 0);
  if (options_.json) {
    std::printf("%s\n", JsonLine(asked, result).c_str());
  } else if (report && result.has_response()) {
    std::fputs(ReportOf(asked, result.response(), absl::Now(), options_.verbose)
                   .c_str(),
               stdout);
  } else {
    lines_.push_back(TextLineOf(asked, result));
  }
}

void ResultPrinter::EndTable() {
  std::fputs(Table(lines_, screen_).c_str(), stdout);
  lines_.clear();
}

int ResultPrinter::exit_status() const {
  if (failed_) return kSomeFailed;
  return found_ ? kFailOn : kAllAnswered;
}

}  // namespace vtlookup
