#ifndef VTLOOKUP_TESTS_FAKES_MANUAL_LOOP_H_
#define VTLOOKUP_TESTS_FAKES_MANUAL_LOOP_H_

#include <deque>
#include <map>
#include <utility>

#include "core/loop.h"
#include "tests/fakes/fake_clock.h"

namespace vtlookup {

// A loop without a thread: tasks run when the test says so, and timers run in
// their order when the test moves the clock. A change of the time of day moves
// no timer.
class ManualLoop final : public Loop {
 public:
  explicit ManualLoop(FakeClock& clock) : clock_(clock) {}

  void Post(Task task) override { posted_.push_back(std::move(task)); }

  TimerId After(absl::Duration delay, Task task) override {
    const TimerId id = next_++;
    timers_.emplace(std::make_pair(clock_.Uptime() + delay, id),
                    std::move(task));
    return id;
  }

  void CancelTimer(TimerId id) override {
    for (auto at = timers_.begin(); at != timers_.end(); ++at) {
      if (at->first.second != id) continue;
      timers_.erase(at);
      return;
    }
  }

  // Runs all posted tasks, also those that the tasks post.
  void RunPosted() {
    while (!posted_.empty()) {
      Task task = std::move(posted_.front());
      posted_.pop_front();
      std::move(task)();
    }
  }

  void Advance(absl::Duration by) {
    const absl::Duration end = clock_.Uptime() + by;
    RunPosted();
    while (!timers_.empty() && timers_.begin()->first.first <= end) {
      auto due = timers_.extract(timers_.begin());
      clock_.Advance(due.key().first - clock_.Uptime());
      std::move(due.mapped())();
      RunPosted();
    }
    clock_.Advance(end - clock_.Uptime());
  }

 private:
  FakeClock& clock_;
  std::deque<Task> posted_;
  std::map<std::pair<absl::Duration, TimerId>, Task> timers_;
  TimerId next_ = 1;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_MANUAL_LOOP_H_
