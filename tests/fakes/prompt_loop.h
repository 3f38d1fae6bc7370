#ifndef VTLOOKUP_TESTS_FAKES_PROMPT_LOOP_H_
#define VTLOOKUP_TESTS_FAKES_PROMPT_LOOP_H_

#include <utility>

#include "core/loop.h"

namespace vtlookup {

// A loop that runs each task within Post, for code that waits for the loop.
// Has no timers.
class PromptLoop final : public Loop {
 public:
  void Post(Task task) override { std::move(task)(); }
  TimerId After(absl::Duration, Task) override { return 0; }
  void CancelTimer(TimerId) override {}
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_PROMPT_LOOP_H_
