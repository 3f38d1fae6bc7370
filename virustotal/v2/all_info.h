#ifndef VTLOOKUP_VIRUSTOTAL_V2_ALL_INFO_H_
#define VTLOOKUP_VIRUSTOTAL_V2_ALL_INFO_H_

#include <string_view>

#include "virustotal/api/json.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Reads a field that reports have only for private keys, which get all that
// VirusTotal knows ("allinfo"): reputation, votes, tags, submissions, names.
// Returns false when `key` is not such a field; then nothing was read. A value
// of a wrong type reads as not sent. Thread-safe. Writes only to `verdict`,
// which the caller owns. To be called inside ReadJson, whose memory `value`
// points to; throws DuplicateKey.
bool ReadAllInfoV2(std::string_view key, json::value value,
                   v1::Verdict* verdict);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_ALL_INFO_H_
