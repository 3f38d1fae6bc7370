#ifndef VTLOOKUP_VIRUSTOTAL_V3_REPORT_H_
#define VTLOOKUP_VIRUSTOTAL_V3_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "virustotal/api/owned_verdict.h"

namespace vtlookup {

// An object of API v3 as VirusTotal sent it. It was not judged yet: it may be
// about something else, or make no sense (v3/judge.h). A plain value that owns
// everything in it.
struct ObjectV3 {
  std::string type;  // "url", "domain", "ip_address", "file", "analysis"
  std::string id;
  std::string status;  // of an analysis: "queued", "in-progress", "completed"
  // Of an analysis: the id and the text of the URL that was analysed.
  std::string item_id;
  std::string item_url;
  bool has_statistics = false;  // with a count of malicious or without
  int fields = 0;  // number of fields of the report proper that we know
  // The statistics are not an object, or hold a count that is not a whole
  // number, or add up to more than 2^32 - 1.
  bool bad_counts = false;
  OwnedVerdict verdict;  // counts, times and the report; no response_code
};

// Reads the object that is the answer about `indicator`, in one pass. Unknown
// fields are skipped. BadAnswer when the body is not JSON, or no object of API
// v3. Thread-safe.
absl::StatusOr<ObjectV3> ReadObjectV3(const Indicator& indicator,
                                      std::string body);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_REPORT_H_
