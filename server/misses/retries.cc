#include "server/misses/retries.h"

#include <algorithm>

#include "core/failure.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(500);
constexpr uint32_t kMostDoublings = 6;

}  // namespace

std::optional<absl::Duration> Retries::PauseBefore(Flight& flight,
                                                   const absl::Status& failure,
                                                   absl::Time now) {
  if (!FailureOf(failure).outage || flight.retries >= max_retries_) {
    return std::nullopt;
  }
  const absl::Duration pause = kFirstBackoff *
                               (1 << std::min(flight.retries, kMostDoublings)) *
                               (0.5 + random_());
  const absl::Time then = now + pause;
  const bool worth_it = std::any_of(
      flight.waiters.begin(), flight.waiters.end(),
      [then](const auto& item) { return item.second.limit > then; });
  if (!worth_it || !budget_.Spend()) return std::nullopt;
  ++flight.retries;
  return pause;
}

}  // namespace vtlookup
