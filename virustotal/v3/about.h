#ifndef VTLOOKUP_VIRUSTOTAL_V3_ABOUT_H_
#define VTLOOKUP_VIRUSTOTAL_V3_ABOUT_H_

#include <string_view>

#include "core/indicator.h"
#include "virustotal/v3/report.h"

namespace vtlookup {

// Checks that VirusTotal's answer is about what we asked. A report about
// something else must never become a verdict, so a caller that gets `false`
// treats the answer as a failure. The functions are thread-safe, and borrow
// their arguments during the call only.

// Whether the object has the type and the id that belong to the indicator.
// Whatever else in the object names an indicator must name the same one.
bool IsAboutV3(const Indicator& indicator, const ObjectV3& object);

// Whether an analysis is the scan with this id, which holds the URL's hash and
// the time of the scan. `url_info`, if it was sent, must name the same URL.
bool IsAboutScanV3(std::string_view scan_id, const ObjectV3& object);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_ABOUT_H_
