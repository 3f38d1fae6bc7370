#ifndef VTLOOKUP_CORE_MUTEX_H_
#define VTLOOKUP_CORE_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace vtlookup {

// std::mutex, annotated for clang's thread-safety analysis. Not absl::Mutex:
// Debian's library is not instrumented, so ThreadSanitizer would not see it and
// would take everything that it protects for a race.
class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mu_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mu_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mu_;
};

// Holds a mutex for its own lifetime.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(mu) {
    mu_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mu_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mu_;
};

// Waits for what another thread does under the same mutex.
class CondVar {
 public:
  // May return without a reason: look at the condition again.
  void Wait(Mutex& mu) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::unique_lock<std::mutex> held(mu.mu_, std::adopt_lock);
    condition_.wait(held);
    held.release();
  }
  // The same, and returns when `longest` has passed, too.
  void WaitFor(Mutex& mu, std::chrono::milliseconds longest)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::unique_lock<std::mutex> held(mu.mu_, std::adopt_lock);
    condition_.wait_for(held, longest);
    held.release();
  }
  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_MUTEX_H_
