#ifndef VTLOOKUP_SERVER_LOOKUP_PATIENCE_H_
#define VTLOOKUP_SERVER_LOOKUP_PATIENCE_H_

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// The functions are thread-safe.

// Returns how long the items of a call may wait when the deadline of the call
// is `left` from now, so that the answer is sent before the client gives up.
absl::Duration PatienceOf(absl::Duration left);

// Returns the failure of an item that has waited so long: DeadlineExceeded.
absl::Status OutOfTime();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PATIENCE_H_
