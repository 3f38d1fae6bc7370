#ifndef VTLOOKUP_VIRUSTOTAL_V3_STATEMENTS_H_
#define VTLOOKUP_VIRUSTOTAL_V3_STATEMENTS_H_

#include <string_view>

#include "virustotal/api/json.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Reads what VirusTotal says about an indicator besides its engines. The
// functions are thread-safe, and write only to the verdict, which the caller
// owns. To be called inside ReadJson, whose memory `value` points to; they
// throw DuplicateKey. A value of a wrong type reads as not sent.

// Reads an attribute that objects of several kinds have: reputation, votes,
// tags, submissions, names of threats. Returns false when `key` is not one of
// these; then nothing was read.
bool ReadStatementV3(std::string_view key, json::value value,
                     v1::Verdict* verdict);

// Reads the number of engines in each category of `last_analysis_stats`. A
// category that holds no count, or that we do not know, is left out.
void ReadCountsV3(json::value stats, v1::Verdict* verdict);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_STATEMENTS_H_
