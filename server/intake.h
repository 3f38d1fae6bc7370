#ifndef VTLOOKUP_SERVER_INTAKE_H_
#define VTLOOKUP_SERVER_INTAKE_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"
#include "grpcpp/server_context.h"

namespace vtlookup {

// Counts what arrives as requests, so that ConnectionGate can tell a connection
// that sends requests from one that sends bytes which never become any.
// Thread-safe.
//
// Usually only sums are counted, which costs two additions for a call. After
// SetByPeer(true) calls and bytes are also counted for each connection.
class Intake {
 public:
  struct Counts {
    uint64_t calls = 0;  // that have ended and were not cancelled
    uint64_t bytes = 0;  // of messages, also of cancelled calls
  };

  // A message of the call has arrived as a whole.
  void Message(const grpc::ServerContextBase& context, size_t bytes)
      ABSL_LOCKS_EXCLUDED(mu_) {
    bytes_.fetch_add(bytes, std::memory_order_relaxed);
    if (by_peer_.load(std::memory_order_relaxed)) Note(context, 0, bytes);
  }
  // The call has ended, and was not cancelled.
  void Call(const grpc::ServerContextBase& context) ABSL_LOCKS_EXCLUDED(mu_) {
    calls_.fetch_add(1, std::memory_order_relaxed);
    if (by_peer_.load(std::memory_order_relaxed)) Note(context, 1, 0);
  }

  // All counts since the start.
  Counts total() const {
    return {.calls = calls_.load(std::memory_order_relaxed),
            .bytes = bytes_.load(std::memory_order_relaxed)};
  }

  // Turns counting for each connection on or off; off drops these counts.
  void SetByPeer(bool on) ABSL_LOCKS_EXCLUDED(mu_) {
    by_peer_.store(on, std::memory_order_relaxed);
    if (!on) TakeByPeer();
  }
  // The counts since the last call, by gRPC's name for the connection.
  std::map<std::string, Counts> TakeByPeer() ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    return std::exchange(counts_, {});
  }

 private:
  void Note(const grpc::ServerContextBase& context, uint64_t calls,
            uint64_t bytes) ABSL_LOCKS_EXCLUDED(mu_) {
    const std::string peer = context.peer();
    MutexLock lock(mu_);
    Counts& counts = counts_[peer];
    counts.calls += calls;
    counts.bytes += bytes;
  }

  std::atomic<uint64_t> calls_{0};
  std::atomic<uint64_t> bytes_{0};
  std::atomic<bool> by_peer_{false};
  Mutex mu_;
  std::map<std::string, Counts> counts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_INTAKE_H_
