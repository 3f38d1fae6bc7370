#ifndef VTLOOKUP_SERVER_QUEUES_H_
#define VTLOOKUP_SERVER_QUEUES_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "core/counter.h"
#include "grpcpp/server_builder.h"
#include "server/call_queue.h"

namespace vtlookup {

// The queues of a gRPC server, each served by a thread of its own, and threads
// in reserve for when gRPC holds one of these up. One thread uses it, but for
// HeldUp.
class Queues {
 public:
  // A queue that has not been served for so long is held up.
  static constexpr absl::Duration kHeldUp = absl::Milliseconds(200);
  // Threads that relieve each queue, at most: so many connections at a time can
  // hold one up each before hits wait.
  static constexpr size_t kReliefs = 4;

  // Queues of the server that `builder` is about to make. Borrows `intake`.
  Queues(grpc::ServerBuilder* builder, size_t count, Intake& intake);
  ~Queues() { Stop(); }

  // Asks for the first calls of a queue.
  using Accept = std::function<void(CallQueue& queue)>;

  // Once the server runs.
  void Start(const Accept& accept);

  // Looks whether the queues are served, and has another thread relieve one
  // that is not. True while one is held up. One thread, about twenty times a
  // second, between Start and Stop.
  bool HeldUp(absl::Duration monotonic_now);

  // How often a thread was relieved. Thread-safe.
  uint64_t reliefs() const { return reliefs_.value(); }

  // After the server's Shutdown, and the last HeldUp: waits for the calls that
  // are open, which gRPC has cancelled; handles what is left, and ends the
  // threads. Idempotent.
  void Stop();

 private:
  // A queue and its threads.
  struct Served {
    std::unique_ptr<CallQueue> queue;
    std::vector<std::thread> threads;
    // Counts up for each relief that is wanted; its threads wait for that.
    std::atomic<uint64_t> wanted{0};
    std::atomic<bool> stopping{false};
    absl::Duration relieved;  // when the last was wanted; HeldUp's thread only
  };

  static void WaitToRelieve(Served& served);

  OpenCalls open_;  // outlives the queues and threads
  Counter reliefs_;
  std::vector<std::unique_ptr<Served>> queues_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_QUEUES_H_
