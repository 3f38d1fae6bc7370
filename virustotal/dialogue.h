#ifndef VTLOOKUP_VIRUSTOTAL_DIALOGUE_H_
#define VTLOOKUP_VIRUSTOTAL_DIALOGUE_H_

#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "virustotal/http_client.h"
#include "virustotal/owned_verdict.h"

namespace vtlookup {

// An API key, where it is used, and what it has been found not to open. Loop
// only.
struct Access {
  std::string base_url;  // scheme, host and port; no path
  std::string api_key;
  // Whether the key is thought to open the parts of reports that cost money,
  // and how many pages of each are worth a request.
  bool premium = false;
  int premium_pages = 1;
  // Parts of reports that VirusTotal has refused to this key. Dialogues add to
  // it, and do not ask for them again.
  std::set<std::string> refused = {};
};

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

#endif  // VTLOOKUP_VIRUSTOTAL_DIALOGUE_H_
