#ifndef VTLOOKUP_SERVER_GATEWAY_WORKERS_H_
#define VTLOOKUP_SERVER_GATEWAY_WORKERS_H_

#include <atomic>

#include "core/executor.h"
#include "core/task.h"
#include "core/thread_pool.h"

namespace vtlookup {

// Threads that read large requests and write large answers, so that these hold
// up neither other connections nor the loop. Thread-safe.
class GatewayWorkers final : public Executor {
 public:
  explicit GatewayWorkers(int threads) : pool_(threads) {}

  // Runs `task` on one of the threads. On such a thread it runs at once: an
  // answer that is ready must not wait, with all its verdicts, behind requests
  // that have not begun.
  void Run(Task task) override;

  // As Run, but on such a thread, too, `task` runs after those that were queued
  // before: for a task that goes on with a long work, so that others get their
  // turn.
  void Queue(Task task);

  // Drops the tasks that have not begun, now and later. The destructor then
  // waits only for those that have.
  void Stop() { stopped_ = true; }

 private:
  std::atomic<bool> stopped_{false};
  ThreadPool pool_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_WORKERS_H_
