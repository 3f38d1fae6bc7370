#ifndef VTLOOKUP_CORE_CLOCK_H_
#define VTLOOKUP_CORE_CLOCK_H_

#include <cstdint>

#include "absl/time/time.h"

namespace vtlookup {

// One reading of a Clock. `time` is the time of day, which may jump in both
// directions when somebody sets the clock. `uptime` is the time since the
// machine started: it never goes back, and goes on while the machine is
// suspended. Short periods, and periods that a wrong clock must not change, are
// measured in uptime (ADR 34).
struct Moment {
  absl::Time time;
  absl::Duration uptime;
};

// Tells the time. Thread-safe. Code that depends on time takes a Clock, or a
// reading of one, so that tests can set the time.
class Clock {
 public:
  virtual ~Clock() = default;
  // The time of day.
  virtual absl::Time Now() const = 0;
  // The time since the machine started; see Moment.
  virtual absl::Duration Uptime() const = 0;

  Moment ReadMoment() const { return {.time = Now(), .uptime = Uptime()}; }
};

// The machine's clock. Lives as long as the program. Thread-safe.
const Clock& RealClock();

// The time since some fixed moment. It never goes back. Unlike Clock::Uptime it
// stands still while the machine is suspended, and tests cannot set it. It is
// for the timers of a Loop and for measuring how long something took.
// Thread-safe.
absl::Duration MonotonicTime();

// Identifies the current boot of the machine. An uptime that was read in one
// boot means nothing in another. 0 when the system has no such id. Thread-safe.
uint64_t BootId();

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_CLOCK_H_
