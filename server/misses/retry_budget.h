#ifndef VTLOOKUP_SERVER_MISSES_RETRY_BUDGET_H_
#define VTLOOKUP_SERVER_MISSES_RETRY_BUDGET_H_

#include <algorithm>

namespace vtlookup {

// How many requests may be made again: one for ten that went well, and a few to
// begin with. So retries never multiply the load of a service in trouble.
// Loop only.
class RetryBudget {
 public:
  static constexpr double kMost = 10;
  static constexpr double kEarned = 0.1;

  void OnSuccess() { tokens_ = std::min(tokens_ + kEarned, kMost); }

  // False when the budget is spent.
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
