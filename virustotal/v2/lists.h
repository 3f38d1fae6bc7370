#ifndef VTLOOKUP_VIRUSTOTAL_V2_LISTS_H_
#define VTLOOKUP_VIRUSTOTAL_V2_LISTS_H_

#include <string_view>

#include "virustotal/api/json.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Reads a list of a domain's or an address's report: resolutions, URLs, files
// and, for a domain, categories, siblings and subdomains. A member with counts
// that make no sense is kept without them. A list that VirusTotal sent empty is
// noted as empty.
//
// Returns false when the key is not that of a list that the report keeps; then
// nothing was read. A list of a wrong type reads as not sent. Thread-safe.
// Writes only to `report`, which the caller owns. To be called inside ReadJson,
// whose memory `value` points to; throws DuplicateKey.
bool ReadListV2(std::string_view key, json::value value,
                v1::DomainReport* report);
bool ReadListV2(std::string_view key, json::value value, v1::IpReport* report);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_LISTS_H_
