#ifndef VTLOOKUP_CORE_MUTEX_H_
#define VTLOOKUP_CORE_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace vtlookup {

// std::mutex, annotated for clang's thread-safety analysis. absl::Mutex would
// not do: Debian's library is not instrumented, so ThreadSanitizer would not
// see the lock and would report the data under it as races.
class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mu_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mu_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mu_;
};

// Holds a mutex as long as the object lives.
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

// A condition variable: waits until another thread changes something under the
// same mutex.
class CondVar {
 public:
  // May return without a notification; check the condition again.
  void Wait(Mutex& mu) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::unique_lock<std::mutex> held(mu.mu_, std::adopt_lock);
    condition_.wait(held);
    held.release();
  }
  // As Wait, but returns after `longest` at the latest.
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
