#ifndef VTLOOKUP_VIRUSTOTAL_API_DIALECT_H_
#define VTLOOKUP_VIRUSTOTAL_API_DIALECT_H_

#include <memory>

#include "absl/status/status.h"
#include "core/indicator.h"
#include "virustotal/api/dialogue.h"
#include "virustotal/api/purpose.h"
#include "virustotal/keys/access.h"

namespace vtlookup {

// One of VirusTotal's APIs: what it can be asked, how to ask, and what the
// answers mean. The functions are thread-safe.
struct Dialect {
  // InvalidArgument when this API cannot be asked about the indicator; the
  // message says why, in words for the client.
  absl::Status (*can_ask)(const Indicator& indicator);

  // Starts a fetch. REQUIRES: can_ask accepts `indicator`. Borrows `access`.
  std::unique_ptr<Dialogue> (*start)(Access& access, const Indicator& indicator,
                                     Purpose purpose);
};

// API v2, `/vtapi/v2/`.
extern const Dialect kDialectV2;

// API v3, `/api/v3/`.
extern const Dialect kDialectV3;

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_DIALECT_H_
