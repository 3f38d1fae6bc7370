#ifndef VTLOOKUP_SERVER_LOOKUP_SLOW_LANE_H_
#define VTLOOKUP_SERVER_LOOKUP_SLOW_LANE_H_

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "core/executor.h"
#include "core/mutex.h"

namespace vtlookup {

// Parses messages on an executor that would hold up the thread of a queue too
// long. The number of such messages is bounded, in all and for each client,
// because each message stays in memory until it is parsed. Thread-safe.
class SlowLane {
 public:
  static constexpr int kMost = 4;
  static constexpr int kMostOfClient = 2;

  // Borrows `executor`, which must have ended its tasks before this object is
  // destroyed.
  explicit SlowLane(Executor& executor) : executor_(executor) {}

  // Runs `task` once on the executor. False when a limit is reached; then
  // `task` does not run. A task may take a second, so it must check by itself
  // whether its call was cancelled.
  bool Run(const std::string& client, Task task) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Leave(const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);

  Executor& executor_;
  Mutex mu_;
  int all_ ABSL_GUARDED_BY(mu_) = 0;
  std::map<std::string, int> of_client_ ABSL_GUARDED_BY(mu_);  // never 0
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_SLOW_LANE_H_
