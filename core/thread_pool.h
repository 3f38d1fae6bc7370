#ifndef VTLOOKUP_CORE_THREAD_POOL_H_
#define VTLOOKUP_CORE_THREAD_POOL_H_

#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/executor.h"
#include "core/mutex.h"

namespace vtlookup {

// An Executor with a fixed number of threads. Tasks start in the order in which
// Run was called. Thread-safe.
class ThreadPool final : public Executor {
 public:
  explicit ThreadPool(int threads);
  // Runs all queued tasks, then joins the threads.
  ~ThreadPool() override;

  void Run(Task task) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Work() ABSL_LOCKS_EXCLUDED(mu_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || !tasks_.empty();
  }

  Mutex mu_;
  CondVar changed_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;  // for constructor and destructor only
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_THREAD_POOL_H_
