#ifndef VTLOOKUP_VIRUSTOTAL_V3_PAGE_H_
#define VTLOOKUP_VIRUSTOTAL_V3_PAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Reads a page of a relationship, each of whose members is a whole object, and
// adds the members to the report of a domain or of an address. `kind` says
// which of the two. Members that some engine calls malicious go to the list of
// detected ones, the others to the list of undetected ones. After the last page
// the lists that are still empty are noted as empty.
//
// Returns the cursor of the next page, which is empty after the last one.
// BadAnswer when the body is no page; then nothing was added. Thread-safe.
// Writes only to `verdict`, which the caller owns.

// A page of `urls`.
absl::StatusOr<std::string> AddUrlPageV3(Kind kind, std::string body,
                                         v1::Verdict* verdict);

// A page of `downloaded_files`.
absl::StatusOr<std::string> AddFilePageV3(Kind kind, std::string body,
                                          v1::Verdict* verdict);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_PAGE_H_
