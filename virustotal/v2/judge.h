#ifndef VTLOOKUP_VIRUSTOTAL_V2_JUDGE_H_
#define VTLOOKUP_VIRUSTOTAL_V2_JUDGE_H_

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "virustotal/api/owned_verdict.h"
#include "virustotal/api/purpose.h"
#include "virustotal/v2/report.h"

namespace vtlookup {

// Decides what a report of API v2 means, and makes the verdict. The caller has
// checked that the report is about what was asked (v2/about.h), and owns the
// verdict. Thread-safe.
//
// The verdict says that there is a report, that VirusTotal is still scanning,
// that it does not know the indicator, or that it calls the value invalid.
// BadAnswer when the report has no known `response_code`, when its counts make
// no sense, or when it holds too little to be a report: such an answer says
// nothing about the indicator.
absl::StatusOr<OwnedVerdict> JudgeV2(Kind kind, Purpose purpose,
                                     ReportV2 report);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_JUDGE_H_
