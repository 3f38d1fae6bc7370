#ifndef VTLOOKUP_VIRUSTOTAL_V3_ERROR_H_
#define VTLOOKUP_VIRUSTOTAL_V3_ERROR_H_

#include "absl/status/status.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// An answer of API v3 whose HTTP status is not 200. A plain value.
struct ErrorV3 {
  // Errors that may be more than a failure, depending on what was asked.
  enum class Kind {
    kFailure,
    kNotFound,         // VirusTotal does not know the item
    kInvalidArgument,  // VirusTotal calls the value unusable
    kAlreadyExists,    // the item is being scanned already
    kForbidden,        // this key may not ask for this
  };
  Kind kind = Kind::kFailure;
  // The failure, for a caller to which the kind makes no difference. Never OK.
  absl::Status status;
};

// Reads an error. VirusTotal's error code decides, and of a used-up quota its
// message says whether it is the quota of the day; the HTTP status decides only
// when there is no code, because then a proxy may have answered. Of
// VirusTotal's texts the status holds only known codes, because VirusTotal's
// messages repeat the API key and whole URLs. Thread-safe; cannot fail.
ErrorV3 ReadErrorV3(const HttpResponse& response);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_ERROR_H_
