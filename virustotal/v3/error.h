#ifndef VTLOOKUP_VIRUSTOTAL_V3_ERROR_H_
#define VTLOOKUP_VIRUSTOTAL_V3_ERROR_H_

#include "absl/status/status.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// An answer of API v3 that is not a 200.
struct ErrorV3 {
  // What may be more than a failure, depending on what was asked.
  enum class Kind {
    kFailure,
    kNotFound,         // VirusTotal does not know the item
    kInvalidArgument,  // VirusTotal calls the value unusable
    kAlreadyExists,    // the item is being scanned already
    kForbidden,        // this key may not ask for this
  };
  Kind kind = Kind::kFailure;
  absl::Status status;  // of a caller that sees no more in it; never OK
};

// The error's code decides, the HTTP status only where there is none: a page
// from something in between is not VirusTotal's word. The status holds nothing
// that VirusTotal wrote but its known codes: its messages repeat the API key
// and whole URLs.
ErrorV3 ReadErrorV3(const HttpResponse& response);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_ERROR_H_
