#ifndef VTLOOKUP_SERVER_GATEWAY_V2_REPORT_H_
#define VTLOOKUP_SERVER_GATEWAY_V2_REPORT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "core/indicator.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// Answers in the form of VirusTotal's API v2, made of verdicts, whichever API
// the verdicts come from. The functions are thread-safe.

// Returns the answer about `resource`, as the client has written it. Times are
// UTC, as VirusTotal writes them. `all_info`: with the fields that `allinfo=1`
// adds. An item that is queued is always -2, also where VirusTotal says 1 and
// leaves the counts out, which careless clients read as "clean".
nlohmann::ordered_json ReportInV2(const Answer& answer,
                                  const std::string& resource, bool all_info);

// Returns the answer to the submission of a URL.
nlohmann::ordered_json SubmissionInV2(const Answer& answer,
                                      const std::string& resource);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_V2_REPORT_H_
