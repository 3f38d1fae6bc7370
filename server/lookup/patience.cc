#include "server/lookup/patience.h"

#include <algorithm>

#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {

absl::Duration PatienceOf(absl::Duration left) {
  if (left == absl::InfiniteDuration()) return left;
  const absl::Duration margin =
      std::clamp(left / 10, absl::Milliseconds(10), absl::Milliseconds(500));
  return std::max(left - margin, absl::ZeroDuration());
}

absl::Status OutOfTime() {
  return FailureStatus(absl::StatusCode::kDeadlineExceeded,
                       "no answer before the deadline",
                       {.reason = reasons::kDeadlineExceeded});
}

}  // namespace vtlookup
