#ifndef VTLOOKUP_VIRUSTOTAL_V2_REPORT_H_
#define VTLOOKUP_VIRUSTOTAL_V2_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/indicator.h"
#include "virustotal/api/json.h"
#include "virustotal/api/owned_verdict.h"

namespace vtlookup {

// One report of API v2 as VirusTotal sent it. It was not judged yet: it may be
// about something else, or make no sense (v2/judge.h). A plain value that owns
// everything in it.
struct ReportV2 {
  std::optional<int64_t> response_code;
  std::string resource;
  int fields = 0;  // number of fields of the report proper that we know
  // `positives` or `total` was sent, and is neither a count nor null.
  bool bad_counts = false;
  OwnedVerdict verdict;  // all but `response_code`
};

// Whether reports of this kind count engines. Thread-safe.
bool HasCountsV2(Kind kind);

// Reads a report in one pass. Unknown fields are skipped. Nothing fails here: a
// field of a wrong type reads as not sent, except the counts, which set
// `bad_counts`. Thread-safe. To be called inside ReadJson, whose memory `value`
// points to; throws DuplicateKey.
ReportV2 ReadReportV2(Kind kind, json::value value);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_REPORT_H_
