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

  // Runs `task` on one of the threads, after all tasks that came before.
  void Run(Task task) override;

  // Runs `task` on one of the threads: at once, before the function returns, if
  // the caller is one of them, otherwise as Run. For the end of a request whose
  // beginning was a task: an answer that is ready must not wait, with all its
  // verdicts, behind requests that have not begun.
  void RunAtOnce(Task task);

  // Drops the tasks of Run that have not begun, now and later. The destructor
  // then waits only for those that have.
  void Stop() { stopped_ = true; }

 private:
  std::atomic<bool> stopped_{false};
  ThreadPool pool_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_WORKERS_H_
