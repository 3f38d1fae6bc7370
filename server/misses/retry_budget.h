#ifndef VTLOOKUP_SERVER_MISSES_RETRY_BUDGET_H_
#define VTLOOKUP_SERVER_MISSES_RETRY_BUDGET_H_

#include <algorithm>

namespace vtlookup {

// Limits retries: each request that succeeds earns a tenth of a retry, and the
// budget starts full, with kMost retries. So retries never multiply the load of
// a service in trouble. Loop only.
class RetryBudget {
 public:
  static constexpr double kMost = 10;
  static constexpr double kEarned = 0.1;

  void OnSuccess() { tokens_ = std::min(tokens_ + kEarned, kMost); }

  // Takes one retry. False when the budget has none.
  bool Spend() {
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double tokens_ = kMost;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_RETRY_BUDGET_H_
