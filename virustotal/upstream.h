#ifndef VTLOOKUP_VIRUSTOTAL_UPSTREAM_H_
#define VTLOOKUP_VIRUSTOTAL_UPSTREAM_H_

#include <cstddef>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/indicator.h"
#include "virustotal/api/ask.h"
#include "virustotal/api/owned_verdict.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

// Where answers come from when no cache has them.
class Upstream {
 public:
  struct Reply {
    OwnedVerdict verdict;
    // Why a part of it could not be had for now, such as a scan that was to be
    // begun; OK when it is whole.
    absl::Status missing = absl::OkStatus();
  };
  using Done = absl::AnyInvocable<void(absl::StatusOr<Reply>) &&>;

  // When a request may be made. `why` is OK when that is now; else what a
  // caller that cannot wait is told. Never compare `at` with a clock to tell
  // the two apart: the clock goes on.
  struct Opening {
    absl::Time at;
    absl::Status why;
  };

  virtual ~Upstream() = default;

  // InvalidArgument when such an indicator cannot be asked there; the message
  // says why, in words fit for the caller. Thread-safe.
  virtual absl::Status CanAsk(const Indicator& indicator) const = 0;

  // When a request of the lane may be made if `ahead` others go first. Loop
  // only.
  virtual Opening OpeningFor(Lane lane, size_t ahead) = 0;

  // Starts asking about an indicator that can be asked. Loop only. `done` runs
  // once, on the loop, after Fetch has returned; when the loop is stopped
  // first, it is destroyed unrun. Failures, with a FailureOf: Unavailable
  // (worth asking again later), ResourceExhausted (a quota is used up),
  // FailedPrecondition (the key is refused). "Not known" is a verdict, not a
  // failure. The verdict has no `indicator`: the caller knows it.
  virtual void Fetch(const Indicator& indicator, Ask ask, Lane lane,
                     Done done) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_UPSTREAM_H_
