#ifndef VTLOOKUP_CORE_LOOP_H_
#define VTLOOKUP_CORE_LOOP_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/task.h"

namespace vtlookup {

// One thread that runs tasks one after another. State that only these tasks use
// (marked "loop only") needs no lock. Tasks must not block.
//
// The owner of a loop stops it. Once it is stopped, no task runs: tasks that
// were posted or wait for a timer are destroyed without having run.
class Loop {
 public:
  using TimerId = uint64_t;

  virtual ~Loop() = default;

  // Runs `task` soon, on the loop's thread, after all tasks that were posted
  // before, and never inside the call of Post. Destroys the task when the loop
  // has been stopped. Any thread.
  virtual void Post(Task task) = 0;

  // Runs `task` when `delay` has passed, unless the loop is stopped before.
  // Time during which the machine is suspended does not count (MonotonicTime).
  // Loop only.
  virtual TimerId After(absl::Duration delay, Task task) = 0;

  // Destroys the task of the timer; no effect once the task has run or runs.
  // Loop only.
  virtual void CancelTimer(TimerId id) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_LOOP_H_
