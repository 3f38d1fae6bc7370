#ifndef VTLOOKUP_SERVER_TRANSPORT_INTAKE_H_
#define VTLOOKUP_SERVER_TRANSPORT_INTAKE_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "core/mutex.h"
#include "grpcpp/server_context.h"

namespace vtlookup {

// Counts the requests that arrive on each connection, so that ConnectionGate
// can tell a connection that sends requests from one that sends bytes which
// never become requests. Thread-safe.
class Intake {
 public:
  // Messages smaller than this are counted with their call, so that a
  // call is counted only once.
  static constexpr size_t kLarge = 4U << 10;

  struct Counts {
    uint64_t calls = 0;      // that wait for an answer or have ended
    uint64_t messages = 0;   // of these calls, and of streams
    uint64_t bytes = 0;      // of these messages
    uint64_t headers = 0;    // bytes of the calls' headers, if CountHeaders
    uint64_t cancelled = 0;  // calls, also if their deadline passed
  };
  using ByPeer = absl::flat_hash_map<std::string, Counts>;

  // Counts a message that has arrived completely.
  void Message(const grpc::ServerContextBase& context, size_t bytes)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const std::string peer = context.peer();
    MutexLock lock(mu_);
    Counts& counts = counts_[peer];
    ++counts.messages;
    counts.bytes += bytes;
  }

  // Counts a call that waits for its answer, or has ended without waiting. Not
  // for calls of unknown clients, nor for cancelled ones. `bytes` is the size
  // of its message, or 0 if the message was counted already.
  void Call(const grpc::ServerContextBase& context, size_t bytes)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const uint64_t headers = counts_headers_.load(std::memory_order_relaxed)
                                 ? HeadersOf(context)
                                 : 0;
    const std::string peer = context.peer();
    MutexLock lock(mu_);
    Counts& counts = counts_[peer];
    ++counts.calls;
    ++counts.messages;
    counts.bytes += bytes;
    counts.headers += headers;
  }

  // Counts a call that was cancelled, or whose deadline has passed.
  void Cancelled(const grpc::ServerContextBase& context)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const std::string peer = context.peer();
    MutexLock lock(mu_);
    ++counts_[peer].cancelled;
  }

  // Turns the counting of headers on or off; it costs each call a little.
  void CountHeaders(bool on) {
    counts_headers_.store(on, std::memory_order_relaxed);
  }

  // Returns the counts since the last call of Take, by gRPC's name for the
  // connection.
  ByPeer Take() ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    return std::exchange(counts_, {});
  }

 private:
  static uint64_t HeadersOf(const grpc::ServerContextBase& context) {
    uint64_t sum = 0;
    for (const auto& [name, value] : context.client_metadata()) {
      sum += name.size() + value.size();
    }
    return sum;
  }

  std::atomic<bool> counts_headers_{false};
  Mutex mu_;
  ByPeer counts_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_INTAKE_H_
