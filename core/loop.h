#ifndef VTLOOKUP_CORE_LOOP_H_
#define VTLOOKUP_CORE_LOOP_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/task.h"

namespace vtlookup {

// One thread that runs tasks one after another. State that only these tasks use
// (marked "loop only") needs no lock. Tasks must not block.
class Loop {
 public:
  using TimerId = uint64_t;

  virtual ~Loop() = default;

  // Runs `task` soon, after all tasks that were posted before, and never before
  // Post returns. A task is dropped when the loop has been stopped. Any thread.
  virtual void Post(Task task) = 0;

  // Runs `task` once `delay` has passed. Loop only.
  virtual TimerId After(absl::Duration delay, Task task) = 0;

  // Drops the timer's task; no effect once it has run. Loop only.
  virtual void CancelTimer(TimerId id) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_LOOP_H_
