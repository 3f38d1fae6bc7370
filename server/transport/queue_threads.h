#ifndef VTLOOKUP_SERVER_TRANSPORT_QUEUE_THREADS_H_
#define VTLOOKUP_SERVER_TRANSPORT_QUEUE_THREADS_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "core/counter.h"
#include "grpcpp/server_builder.h"
#include "server/transport/completion_loop.h"

namespace vtlookup {

// The queues of a gRPC server. Each has a thread that serves it, and threads in
// reserve for when gRPC holds that thread up. One thread at a time, except for
// HeldUp and reliefs.
class QueueThreads {
 public:
  // A queue that has not been served for this long is held up.
  static constexpr absl::Duration kHeldUp = absl::Milliseconds(200);
  // Threads in reserve for each queue. If this many connections hold up a
  // thread each, one more makes hits wait.
  static constexpr size_t kReliefs = 4;

  // Adds `count` queues to the server that `builder` is about to make. Borrows
  // `intake`.
  QueueThreads(grpc::ServerBuilder* builder, size_t count, Intake& intake);
  ~QueueThreads() { Stop(); }

  // Asks gRPC for the first calls of `queue`.
  using Accept = std::function<void(CompletionLoop& queue)>;

  // Calls `accept` for each queue and starts the threads. Call it once, when
  // the server runs.
  void Start(const Accept& accept);

  // Whether a queue is held up now; if so, another thread relieves it. One
  // thread, 20 to 66 times a second, between Start and Stop.
  bool HeldUp(absl::Duration monotonic_now);

  // How often another thread has relieved one. Thread-safe.
  uint64_t reliefs() const { return reliefs_.value(); }

  // Waits for the open calls, which gRPC has cancelled, handles the remaining
  // events, and ends the threads. After the server's Shutdown and the last
  // HeldUp. Blocks; idempotent.
  void Stop();

 private:
  // A queue and its threads.
  struct Served {
    std::unique_ptr<CompletionLoop> queue;
    std::vector<std::thread> threads;
    // 1 when a relief is wanted; the threads in reserve wait for that.
    std::atomic<uint64_t> wanted{0};
    std::atomic<bool> stopping{false};
    // When the last relief was wanted. Used by HeldUp's thread only.
    absl::Duration relieved;
  };

  static void WaitToRelieve(Served& served);

  OpenCalls open_;  // outlives the queues and threads
  Counter reliefs_;
  std::vector<std::unique_ptr<Served>> queues_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_QUEUE_THREADS_H_
