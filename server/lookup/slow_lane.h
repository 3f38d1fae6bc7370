#ifndef VTLOOKUP_SERVER_LOOKUP_SLOW_LANE_H_
#define VTLOOKUP_SERVER_LOOKUP_SLOW_LANE_H_

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "core/executor.h"
#include "core/mutex.h"

namespace vtlookup {

// Where messages are parsed that take too long for the thread of a queue.
// Bounded, since each keeps its message until then: a few at a time, and of
// these two of one client. Thread-safe.
class SlowLane {
 public:
  static constexpr int kMost = 4;
  static constexpr int kMostOfClient = 2;

  // Borrows `executor`, which must end its tasks before this dies.
  explicit SlowLane(Executor& executor) : executor_(executor) {}

  // Runs `task` on the executor, once; false, and not at all, when as many wait
  // as may. A task may take a second; it looks itself whether anybody still
  // waits for it.
  bool Run(const std::string& client, Task task) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Leave(const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);

  Executor& executor_;
  Mutex mu_;
  int all_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<std::string, int> of_client_ ABSL_GUARDED_BY(mu_);  // none with 0
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_SLOW_LANE_H_
