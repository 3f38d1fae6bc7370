#ifndef VTLOOKUP_CORE_CLOCK_H_
#define VTLOOKUP_CORE_CLOCK_H_

#include "absl/time/time.h"

namespace vtlookup {

// Tells the time of day. Thread-safe. Whatever depends on time takes a Clock,
// or the `now` that somebody read from one, so that tests can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's clock. Lives as long as the program.
const Clock& RealClock();

// Time since some fixed moment; never goes back, unlike the time of day. For
// the timers of a Loop and for measuring. Thread-safe.
absl::Duration MonotonicTime();

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_CLOCK_H_
