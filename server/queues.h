#ifndef VTLOOKUP_SERVER_QUEUES_H_
#define VTLOOKUP_SERVER_QUEUES_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "grpcpp/completion_queue.h"
#include "grpcpp/server_builder.h"

namespace vtlookup {

// Something that a completion queue tells of, once.
class QueueEvent {
 public:
  virtual ~QueueEvent() = default;
  // On the queue's thread. `ok` is gRPC's word for whether it came about.
  virtual void Happened(bool ok) = 0;
};

// How many calls are open: from when they came until nothing more of them is to
// be told. Calls begin and end on the queues' threads.
class OpenCalls {
 public:
  void Begin() { count_.fetch_add(1, std::memory_order_relaxed); }
  void End() {
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      count_.notify_all();
    }
  }
  void WaitForNone() const {
    while (const size_t left = count_.load(std::memory_order_acquire)) {
      count_.wait(left, std::memory_order_acquire);
    }
  }

 private:
  std::atomic<size_t> count_{0};
};

// The completion queues of a gRPC server, each served by a thread of its own.
// The tags of all that is asked of them are QueueEvents. One thread uses it.
class Queues {
 public:
  // Queues of the server that `builder` is about to make.
  Queues(grpc::ServerBuilder* builder, size_t count);
  ~Queues() { Stop(); }

  // Asks for the first calls of a queue; each counts in `open`.
  using Accept =
      std::function<void(grpc::ServerCompletionQueue& queue, OpenCalls& open)>;

  // Once the server runs.
  void Start(const Accept& accept);

  // After the server's Shutdown: waits for the calls that are open, which gRPC
  // has cancelled; tells what is left, and ends the threads. Idempotent.
  void Stop();

 private:
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues_;
  OpenCalls open_;  // outlives the threads
  std::vector<std::thread> threads_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_QUEUES_H_
