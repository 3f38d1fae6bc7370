#ifndef VTLOOKUP_CLIENT_COMMAND_REPORT_H_
#define VTLOOKUP_CLIENT_COMMAND_REPORT_H_

#include <string>

#include "absl/time/time.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// What one answer says to an analyst, in some lines: the verdict, when
// VirusTotal analysed the item and when it was asked, which engines detect it
// and what they call it, categories and names, and the page of the report.
// `now` is the time of the machine. Thread-safe.
//
// `all_engines`: names every engine that detects, not only the first
// kNamedEngines.
inline constexpr int kNamedEngines = 8;
std::string ReportOf(const v1::Indicator& asked,
                     const v1::LookupResponse& response, absl::Time now,
                     bool all_engines);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_REPORT_H_
