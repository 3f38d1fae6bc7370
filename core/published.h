#ifndef VTLOOKUP_CORE_PUBLISHED_H_
#define VTLOOKUP_CORE_PUBLISHED_H_

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"

namespace vtlookup {

// A value that many threads read often and that is replaced rarely, such as a
// part of the configuration. Thread-safe. A read costs one atomic load.
// Replaced values are kept until this object is destroyed, because a thread may
// still read them; so use it for small values that are rarely replaced.
template <typename T>
class Published {
 public:
  explicit Published(T value) { Replace(std::move(value)); }

  // The reference stays valid as long as this object.
  const T& get() const { return *current_.load(std::memory_order_acquire); }

  void Replace(T value) ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    all_.push_back(std::make_unique<const T>(std::move(value)));
    current_.store(all_.back().get(), std::memory_order_release);
  }

 private:
  std::atomic<const T*> current_{nullptr};
  Mutex mu_;
  std::vector<std::unique_ptr<const T>> all_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_PUBLISHED_H_
