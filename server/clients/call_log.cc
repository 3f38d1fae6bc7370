#include "server/clients/call_log.h"

#include <spdlog/spdlog.h>

#include <string>

#include "server/clients/call_context.h"

namespace vtlookup {

void CallLog::Ended(const CallOrigin& origin, std::string_view method,
                    const Caller& caller, const absl::Status& status,
                    absl::Duration elapsed) {
  const uint32_t one_in = one_in_.load(std::memory_order_relaxed);
  if (one_in == 0 ||
      count_.fetch_add(1, std::memory_order_relaxed) % one_in != 0) {
    return;
  }
  const std::string trace = origin.trace();
  spdlog::info(
      "call {}: {} in {:.3f} ms, from {}{}{}{}{}; one call in {} is logged",
      method, absl::StatusCodeToString(status.code()),
      absl::ToDoubleMilliseconds(elapsed), ClientOf(origin.peer()),
      caller.name().empty() ? "" : ", client ", caller.name(),
      trace.empty() ? "" : ", trace ", trace, one_in);
}

void CallLog::TurnedAway(const CallOrigin& origin, std::string_view method,
                         const Caller& caller, const absl::Status& status) {
  audit_.Write({.event = "refused",
                .client = caller.name().empty() ? ClientOf(origin.peer())
                                                : caller.name(),
                .what = std::string(method),
                .outcome = std::string(status.message()),
                .trace = origin.trace()});
}

}  // namespace vtlookup
