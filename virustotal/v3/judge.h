#ifndef VTLOOKUP_VIRUSTOTAL_V3_JUDGE_H_
#define VTLOOKUP_VIRUSTOTAL_V3_JUDGE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "core/response_code.h"
#include "virustotal/api/owned_verdict.h"
#include "virustotal/v3/report.h"

namespace vtlookup {

// Decides what an object of API v3 means, and makes the verdict. The functions
// are thread-safe, and the caller owns the verdict. Every failure is a
// BadAnswer: VirusTotal has sent an answer that cannot be trusted, which says
// nothing about the indicator.

// Judges the object that VirusTotal sent when it was asked about `indicator`.
// The verdict says that there is a report, or that VirusTotal is still
// scanning. BadAnswer when the object is about something else, when its counts
// make no sense, or when it holds too little to be a report.
absl::StatusOr<OwnedVerdict> JudgeV3(const Indicator& indicator,
                                     ObjectV3 object);

// Judges the answer to the submission of a URL: an analysis that has just
// begun. The verdict says that VirusTotal is scanning. BadAnswer when the
// object is no analysis with a scan id, or names another URL.
absl::StatusOr<OwnedVerdict> JudgeSubmissionV3(const Indicator& indicator,
                                               const ObjectV3& object);

// Returns a verdict that has only a code and a message.
OwnedVerdict BareVerdictV3(ResponseCode code, std::string_view message);

// Returns the verdict about a URL that VirusTotal is scanning.
OwnedVerdict QueuedUrlV3(const Indicator& indicator, std::string_view message);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_JUDGE_H_
