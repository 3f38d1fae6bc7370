#ifndef VTLOOKUP_CORE_EXECUTOR_H_
#define VTLOOKUP_CORE_EXECUTOR_H_

#include "core/task.h"

namespace vtlookup {

// Where work goes that may wait for disk or network. Thread-safe. Destroying
// it first finishes what it has accepted.
class Executor {
 public:
  virtual ~Executor() = default;

  // Accepts `task` to be run once, on a thread of the executor. It never
  // refuses: whoever calls bounds what it asks for.
  virtual void Run(Task task) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_EXECUTOR_H_
