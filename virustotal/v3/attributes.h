#ifndef VTLOOKUP_VIRUSTOTAL_V3_ATTRIBUTES_H_
#define VTLOOKUP_VIRUSTOTAL_V3_ATTRIBUTES_H_

#include "core/indicator.h"
#include "virustotal/api/json.h"
#include "virustotal/v3/report.h"

namespace vtlookup {

// Reads the `attributes` of an object of this kind: the counts, the time of the
// scan, the engines, and whatever else the report keeps. Unknown attributes are
// skipped. Nothing fails here: an attribute of a wrong type reads as not sent,
// except the statistics, which set `bad_counts`.
//
// Thread-safe. Writes only to `object`, which the caller owns. To be called
// inside ReadJson, whose memory `value` points to; throws DuplicateKey.
void ReadAttributesV3(Kind kind, json::value value, ObjectV3* object);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_ATTRIBUTES_H_
