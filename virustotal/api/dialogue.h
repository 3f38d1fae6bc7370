#ifndef VTLOOKUP_VIRUSTOTAL_API_DIALOGUE_H_
#define VTLOOKUP_VIRUSTOTAL_API_DIALOGUE_H_

#include <optional>

#include "absl/status/statusor.h"
#include "virustotal/api/owned_verdict.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// One fetch, as the requests that it takes: a state machine without any input
// or output of its own. Each request is followed by one Take. Loop only.
class Dialogue {
 public:
  // What follows from a response.
  struct Turn {
    // To be made next; none: the dialogue is over, and `verdict` its outcome.
    std::optional<HttpRequest> next = std::nullopt;
    // Failures are those of Upstream::Fetch.
    absl::StatusOr<OwnedVerdict> verdict = absl::UnknownError("not over");
    // A failure that the dialogue went on without, such as a used-up quota at
    // an optional part.
    absl::Status put_up_with = absl::OkStatus();
  };

  virtual ~Dialogue() = default;

  // Once, first.
  virtual HttpRequest Begin() = 0;

  // Takes the response to the last request, or why there is none.
  virtual Turn Take(absl::StatusOr<HttpResponse> response) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_DIALOGUE_H_
