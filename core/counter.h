#ifndef VTLOOKUP_CORE_COUNTER_H_
#define VTLOOKUP_CORE_COUNTER_H_

#include <atomic>
#include <cstdint>

namespace vtlookup {

// Counts events. Thread-safe. A read is exact when no thread is adding.
class Counter {
 public:
  void Add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_COUNTER_H_
