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

// Counts for each connection what arrives as requests, so that ConnectionGate
// can tell a connection that sends requests from one that sends bytes which
// never become any. Thread-safe.
class Intake {
 public:
  // Smaller messages are counted with the end of their call, so that a call
  // costs one count.
  static constexpr size_t kLarge = 4U << 10;

  struct Counts {
    uint64_t calls = 0;      // that wait or have ended
    uint64_t messages = 0;   // of them, and of streams
    uint64_t bytes = 0;      // of these messages
    uint64_t headers = 0;    // bytes of the calls' headers, while asked for
    uint64_t cancelled = 0;  // calls, also those whose deadline passed
  };
  using ByPeer = absl::flat_hash_map<std::string, Counts>;

  // A message has arrived as a whole.
  void Message(const grpc::ServerContextBase& context, size_t bytes)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const std::string peer = context.peer();
    MutexLock lock(mu_);
    Counts& counts = counts_[peer];
    ++counts.messages;
    counts.bytes += bytes;
  }

  // A call waits for its answer, or has ended without that. Not for calls of
  // unknown clients and cancelled ones. `bytes`: of its message, where that was
  // not counted yet.
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

  // A call was cancelled, or its deadline has passed.
  void Cancelled(const grpc::ServerContextBase& context)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const std::string peer = context.peer();
    MutexLock lock(mu_);
    ++counts_[peer].cancelled;
  }

  // Whether headers are counted from now on, which costs each call a little.
  void CountHeaders(bool on) {
    counts_headers_.store(on, std::memory_order_relaxed);
  }

  // The counts since the last call, by gRPC's name for the connection.
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
