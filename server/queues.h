#ifndef VTLOOKUP_SERVER_QUEUES_H_
#define VTLOOKUP_SERVER_QUEUES_H_

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

// The completion queues of a gRPC server, each served by a thread of its own.
// The tags of all that is asked of them are QueueEvents. One thread uses it.
class Queues {
 public:
  // Queues of the server that `builder` is about to make.
  Queues(grpc::ServerBuilder* builder, size_t count);
  ~Queues() { Stop(); }

  // Once the server runs. `accept` asks for the first calls of a queue.
  void Start(const std::function<void(grpc::ServerCompletionQueue&)>& accept);

  // After the server's Shutdown: tells what is left, and ends the threads.
  // Idempotent.
  void Stop();

 private:
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues_;
  std::vector<std::thread> threads_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_QUEUES_H_
