#ifndef VTLOOKUP_VIRUSTOTAL_V3_RELATIONSHIPS_H_
#define VTLOOKUP_VIRUSTOTAL_V3_RELATIONSHIPS_H_

#include "core/indicator.h"
#include "virustotal/api/json.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Reads the `relationships` inside the object of a domain or of an address.
// They hold only the ids of their members. Other kinds of indicators have no
// relationships, so nothing is read for them. A list of a wrong type reads as
// not sent; a list that VirusTotal sent empty is noted as empty.
//
// Thread-safe. Writes only to `verdict`, which the caller owns. To be called
// inside ReadJson, whose memory `value` points to; throws DuplicateKey.
void ReadRelationshipsV3(const Indicator& asked, json::value value,
                         v1::Verdict* verdict);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_RELATIONSHIPS_H_
