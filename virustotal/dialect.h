#ifndef VTLOOKUP_VIRUSTOTAL_DIALECT_H_
#define VTLOOKUP_VIRUSTOTAL_DIALECT_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "virustotal/http_client.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// One of VirusTotal's APIs, as pure functions: what it can be asked, what to
// send, and what the answer means. Thread-safe.
struct Dialect {
  // InvalidArgument when this API cannot be asked about such an indicator; the
  // message says why, in words fit for the caller.
  absl::Status (*can_ask)(const Indicator& indicator);

  // `base_url` has no path; `indicator` is one that can be asked.
  HttpRequest (*request)(std::string_view base_url, std::string_view api_key,
                         const Indicator& indicator, Ask ask);

  // Judges status and body. Failures are those of Upstream::Fetch.
  absl::StatusOr<v1::Verdict> (*read)(const Indicator& indicator, Ask ask,
                                      HttpResponse response);
};

// API v2, `/vtapi/v2/`.
extern const Dialect kDialectV2;

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_DIALECT_H_
