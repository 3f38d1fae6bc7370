#ifndef VTLOOKUP_CORE_EXECUTOR_H_
#define VTLOOKUP_CORE_EXECUTOR_H_

#include "core/task.h"

namespace vtlookup {

// Runs tasks that may wait for the disk or the network. Thread-safe. The
// destructor first runs all tasks that were accepted.
class Executor {
 public:
  virtual ~Executor() = default;

  // Accepts `task`, which runs once, on a thread of the executor. An executor
  // never refuses a task, so each caller must bound how many it hands over.
  virtual void Run(Task task) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_EXECUTOR_H_
