#ifndef VTLOOKUP_VIRUSTOTAL_UPSTREAM_H_
#define VTLOOKUP_VIRUSTOTAL_UPSTREAM_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/indicator.h"
#include "virustotal/api/owned_verdict.h"
#include "virustotal/api/purpose.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

// The source of answers that no cache has.
class Upstream {
 public:
  struct Reply {
    OwnedVerdict verdict;
    // The report of which it was made, as a RawReport; empty when there is
    // none. Its JSON is UTF-8.
    std::string raw = {};
    // Why a part of the verdict is missing for now, such as a scan that could
    // not be started; OK when the verdict is complete.
    absl::Status incomplete_because = absl::OkStatus();
  };
  // `requests`: the HTTP requests that the fetch has cost, as many as
  // VirusTotal may have counted.
  using Done =
      absl::AnyInvocable<void(absl::StatusOr<Reply>, uint32_t requests) &&>;

  // When a request may be made. `why` is OK when it may be made now; otherwise
  // it is the failure for a caller that cannot wait. Test `why`, never compare
  // `at` with a clock: the clock goes on.
  struct Opening {
    absl::Time at;
    absl::Status why;
  };

  virtual ~Upstream() = default;

  // InvalidArgument when such an indicator cannot be asked; the message says
  // why, in words for the client. Thread-safe.
  virtual absl::Status CanAsk(const Indicator& indicator) const = 0;

  // Returns when a request of the lane may be made if `ahead` others go first.
  // Loop only.
  virtual Opening OpeningFor(Lane lane, size_t ahead) = 0;

  // Starts to ask about an indicator that CanAsk accepts. Loop only. `done`
  // runs once, on the loop, after Fetch has returned; if the loop is stopped
  // first, `done` is destroyed without running. Failures carry a Failure:
  // Unavailable (asking again later makes sense), ResourceExhausted (a quota is
  // used up), FailedPrecondition (the key is refused). "Not known" is a
  // verdict, not a failure. The verdict has no `indicator`, because the caller
  // knows it.
  virtual void Fetch(const Indicator& indicator, Purpose purpose, Lane lane,
                     Done done) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_UPSTREAM_H_
