#ifndef VTLOOKUP_CORE_CLOCK_H_
#define VTLOOKUP_CORE_CLOCK_H_

#include <cstdint>

#include "absl/time/time.h"

namespace vtlookup {

// One reading of a Clock. `time` is what the calendar says, and may jump in
// both directions when somebody sets the clock. `uptime` is the time since the
// machine has started: it never goes back, and goes on while the machine is
// suspended. What is short, or must not be fooled by a wrong clock, is measured
// in uptime (ADR 34).
struct Moment {
  absl::Time time;
  absl::Duration uptime;
};

// Tells the time. Thread-safe. Whatever depends on time takes a Clock, or a
// reading of one, so that tests can set it.
class Clock {
 public:
  virtual ~Clock() = default;
  // The time of day.
  virtual absl::Time Now() const = 0;
  // See Moment.
  virtual absl::Duration Uptime() const = 0;

  Moment ReadMoment() const { return {.time = Now(), .uptime = Uptime()}; }
};

// The machine's clock. Lives as long as the program.
const Clock& RealClock();

// Time since some fixed moment; never goes back, unlike the time of day. For
// the timers of a Loop and for measuring. Thread-safe.
absl::Duration MonotonicTime();

// Tells apart the starts of the machine: uptimes of one of them mean nothing
// in another. 0 when the system does not say. Thread-safe.
uint64_t BootId();

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_CLOCK_H_
