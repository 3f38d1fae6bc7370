#ifndef VTLOOKUP_TESTS_INTEGRATION_EVENTUALLY_H_
#define VTLOOKUP_TESTS_INTEGRATION_EVENTUALLY_H_

#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/clock.h"

namespace vtlookup {

// Waits until `condition` holds, within 20 seconds. Returns whether it holds.
// Use this only for what another program does; everything else has a FakeClock.
inline bool Eventually(absl::FunctionRef<bool()> condition) {
  const absl::Duration end = MonotonicTime() + absl::Seconds(20);
  while (!condition()) {
    if (MonotonicTime() >= end) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_EVENTUALLY_H_
