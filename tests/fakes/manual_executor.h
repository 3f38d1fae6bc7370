#ifndef VTLOOKUP_TESTS_FAKES_MANUAL_EXECUTOR_H_
#define VTLOOKUP_TESTS_FAKES_MANUAL_EXECUTOR_H_

#include <deque>
#include <memory>
#include <utility>

#include "core/executor.h"

namespace vtlookup {

// An executor without threads: it runs its tasks at once, or when the test says
// so. Copies of the handle share one queue, so that a test that gives the
// executor away can still control it.
class ManualExecutor final : public Executor {
 public:
  struct Queue {
    bool hold = false;  // whether tasks wait for RunAll
    std::deque<Task> tasks;

    void RunAll() {
      while (!tasks.empty()) {
        Task task = std::move(tasks.front());
        tasks.pop_front();
        std::move(task)();
      }
    }
  };

  explicit ManualExecutor(std::shared_ptr<Queue> queue)
      : queue_(std::move(queue)) {}
  ~ManualExecutor() override { queue_->RunAll(); }

  void Run(Task task) override {
    queue_->tasks.push_back(std::move(task));
    if (!queue_->hold) queue_->RunAll();
  }

 private:
  std::shared_ptr<Queue> queue_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_MANUAL_EXECUTOR_H_
