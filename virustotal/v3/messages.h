#ifndef VTLOOKUP_VIRUSTOTAL_V3_MESSAGES_H_
#define VTLOOKUP_VIRUSTOTAL_V3_MESSAGES_H_

#include <string_view>

#include "core/indicator.h"

namespace vtlookup {

// The messages of verdicts that come from API v3, whose reports hold no
// messages of their own. Each is the text that API v2 sends in the same case,
// so that a client sees no difference. The functions are thread-safe, and the
// texts live as long as the program.

// VirusTotal has a report.
std::string_view FoundMessageV3(Kind kind);

// VirusTotal does not know the indicator.
std::string_view MissingMessageV3(Kind kind);

// VirusTotal calls the value unusable.
std::string_view InvalidMessageV3(Kind kind);

// VirusTotal is scanning the indicator already.
inline constexpr std::string_view kQueuedMessageV3 =
    "Your resource is queued for analysis";

// VirusTotal has taken a URL that we submitted for a scan.
inline constexpr std::string_view kSubmittedMessageV3 =
    "Scan request successfully queued, come back later for the report";

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_MESSAGES_H_
