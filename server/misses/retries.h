#ifndef VTLOOKUP_SERVER_MISSES_RETRIES_H_
#define VTLOOKUP_SERVER_MISSES_RETRIES_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/misses/flights.h"
#include "server/misses/retry_budget.h"

namespace vtlookup {

// Decides whether a request that failed is made again, and when. Loop only.
class Retries {
 public:
  // `random` gives numbers from 0 up to 1.
  Retries(uint32_t max_retries, std::function<double()> random)
      : max_retries_(max_retries), random_(std::move(random)) {}

  // Returns how long to wait before the request of `flight` is made again, and
  // counts that as a retry of the flight and of the budget. Nothing when the
  // request must not be made again: the failure is no outage of VirusTotal, the
  // flight has had `max_retries`, no waiter has the time, or the budget is
  // spent.
  std::optional<absl::Duration> PauseBefore(Flight& flight,
                                            const absl::Status& failure,
                                            absl::Time now);

  // Call this when a request has succeeded: it earns budget.
  void OnSuccess() { budget_.OnSuccess(); }

 private:
  const uint32_t max_retries_;
  const std::function<double()> random_;
  RetryBudget budget_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_RETRIES_H_
