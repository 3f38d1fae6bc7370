#ifndef VTLOOKUP_VIRUSTOTAL_API_DIALOGUE_H_
#define VTLOOKUP_VIRUSTOTAL_API_DIALOGUE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "virustotal/api/owned_verdict.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// One fetch, as a sequence of requests: a state machine that does no input or
// output itself. Each request must be followed by one Take. Loop only.
class Dialogue {
 public:
  // The step that follows a response.
  struct Step {
    // The next request. None: the dialogue is over, and `verdict` is its
    // outcome.
    std::optional<HttpRequest> next = std::nullopt;
    // Failures are those of Upstream::Fetch.
    absl::StatusOr<OwnedVerdict> verdict = absl::UnknownError("not over");
    // The report of which `verdict` was made, as a RawReport; empty when there
    // is none.
    std::string raw = {};
    // A failure despite which the dialogue went on, such as a used-up quota at
    // an optional part.
    absl::Status incomplete_because = absl::OkStatus();
  };

  virtual ~Dialogue() = default;

  // Returns the first request. Call it once.
  virtual HttpRequest Begin() = 0;

  // Takes the response to the last request, or the failure to get one.
  virtual Step Take(absl::StatusOr<HttpResponse> response) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_DIALOGUE_H_
