#ifndef VTLOOKUP_SERVER_OPERATORS_RUN_ON_LOOP_H_
#define VTLOOKUP_SERVER_OPERATORS_RUN_ON_LOOP_H_

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "core/loop.h"

namespace vtlookup {

// What `question` returns on the loop; nothing when the loop does not come to
// it in time. Any thread but the loop's.
template <typename Question>
auto RunOnLoop(Loop& loop, Question question)
    -> std::optional<decltype(question())> {
  using Told = decltype(question());
  constexpr std::chrono::seconds kPatience(2);
  // Shared: the loop may come to it when nobody waits any more, or never.
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
