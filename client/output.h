#ifndef VTLOOKUP_CLIENT_OUTPUT_H_
#define VTLOOKUP_CLIENT_OUTPUT_H_

#include <string>

#include "absl/status/status.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// One result as a line for people: what was asked, what VirusTotal says, and
// how old that is. Control characters of what was asked are not printed.
std::string TextLine(const v1::Indicator& asked,
                     const v1::LookupResult& result);

// One result as a line of JSON: a LookupResponse, or {"error": ...} with a
// google.rpc.Status. Names are those of the .proto files.
std::string JsonLine(const v1::LookupResult& result);

// A failure of the whole call, as a result.
v1::LookupResult FailedResult(const absl::Status& status);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_OUTPUT_H_
