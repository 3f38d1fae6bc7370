#ifndef VTLOOKUP_SERVER_QUEUES_H_
#define VTLOOKUP_SERVER_QUEUES_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "grpcpp/server_builder.h"
#include "server/call_queue.h"

namespace vtlookup {

// The queues of a gRPC server, each served by a thread of its own. One thread
// uses it.
class Queues {
 public:
  // Queues of the server that `builder` is about to make.
  Queues(grpc::ServerBuilder* builder, size_t count);
  ~Queues() { Stop(); }

  // Asks for the first calls of a queue.
  using Accept = std::function<void(CallQueue& queue)>;

  // Once the server runs.
  void Start(const Accept& accept);

  // After the server's Shutdown: waits for the calls that are open, which gRPC
  // has cancelled; tells what is left, and ends the threads. Idempotent.
  void Stop();

 private:
  OpenCalls open_;  // outlives the queues and threads
  std::vector<std::unique_ptr<CallQueue>> queues_;
  std::vector<std::thread> threads_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_QUEUES_H_
