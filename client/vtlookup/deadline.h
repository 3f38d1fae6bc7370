#ifndef VTLOOKUP_VTLOOKUP_DEADLINE_H_
#define VTLOOKUP_VTLOOKUP_DEADLINE_H_

#include <grpc/support/time.h>

#include "absl/time/time.h"

namespace vtlookup {

// Returns the deadline of a call that may take `timeout` from now. It is a time
// of gRPC's monotonic clock, so setting the time of day does not move it.
// Thread-safe.
inline gpr_timespec DeadlineAfter(absl::Duration timeout) {
  return gpr_time_add(
      gpr_now(GPR_CLOCK_MONOTONIC),
      gpr_time_from_millis(absl::ToInt64Milliseconds(timeout), GPR_TIMESPAN));
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_DEADLINE_H_
