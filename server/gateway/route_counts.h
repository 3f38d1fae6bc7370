#ifndef VTLOOKUP_SERVER_GATEWAY_ROUTE_COUNTS_H_
#define VTLOOKUP_SERVER_GATEWAY_ROUTE_COUNTS_H_

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"

namespace vtlookup {

// Counts the answers of the gateway by route and HTTP status. Thread-safe.
class RouteCounts {
 public:
  // `route` must be a literal, one of few: it becomes a label of a metric.
  void Add(std::string_view route, int status) ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    ++counts_[{route, status}];
  }

  using Counts = std::map<std::pair<std::string_view, int>, uint64_t>;
  Counts all() const ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    return counts_;
  }

 private:
  mutable Mutex mu_;
  Counts counts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_ROUTE_COUNTS_H_
