#ifndef VTLOOKUP_VTLOOKUP_DEADLINE_H_
#define VTLOOKUP_VTLOOKUP_DEADLINE_H_

#include <grpc/support/time.h>

#include "absl/time/time.h"

namespace vtlookup {

// The deadline of a call that may take so long from now. By gRPC's own clock,
// which no change of the time of day disturbs.
inline gpr_timespec DeadlineAfter(absl::Duration timeout) {
  return gpr_time_add(
      gpr_now(GPR_CLOCK_MONOTONIC),
      gpr_time_from_millis(absl::ToInt64Milliseconds(timeout), GPR_TIMESPAN));
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_DEADLINE_H_
