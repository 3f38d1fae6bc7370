#ifndef VTLOOKUP_SERVER_OPERATORS_RUN_ON_LOOP_H_
#define VTLOOKUP_SERVER_OPERATORS_RUN_ON_LOOP_H_

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "core/loop.h"

namespace vtlookup {

// The failure for a caller whose question the loop has not run in time.
inline absl::Status LoopDoesNotRespond() {
  return absl::UnavailableError(
      "the daemon's event loop does not respond within two seconds, probably "
      "because the daemon is overloaded or is being stopped; try again");
}

// Runs `question` on the loop and returns its result; nullopt when the loop
// does not run it within two seconds. Any thread except the loop's.
template <typename Question>
auto RunOnLoop(Loop& loop, Question question)
    -> std::optional<decltype(question())> {
  using Told = decltype(question());
  constexpr std::chrono::seconds kPatience(2);
  // Shared, because the loop may run the task after this function has returned,
  // or never.
  const auto promise = std::make_shared<std::promise<Told>>();
  std::future<Told> answer = promise->get_future();
  loop.Post([promise, question = std::move(question)]() mutable {
    promise->set_value(question());
  });
  if (answer.wait_for(kPatience) != std::future_status::ready) {
    return std::nullopt;
  }
  return answer.get();
}

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_RUN_ON_LOOP_H_
