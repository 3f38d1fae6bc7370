#include "server/queues.h"

namespace vtlookup {

Queues::Queues(grpc::ServerBuilder* builder, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    queues_.push_back(
        std::make_unique<CallQueue>(builder->AddCompletionQueue(), open_));
  }
}

void Queues::Start(const Accept& accept) {
  // First all of them: what `accept` writes down, the threads read.
  for (const auto& queue : queues_) accept(*queue);
  for (const auto& queue : queues_) {
    threads_.emplace_back([&queue] { queue->Serve(); });
  }
}

void Queues::Stop() {
  // A call that is still to be finished would find its queue closed, which gRPC
  // takes for a fault of the program.
  open_.WaitForNone();
  for (const auto& queue : queues_) queue->Close();
  // Those that no thread serves have something to tell, too.
  if (threads_.empty()) {
    for (const auto& queue : queues_) queue->Serve();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  queues_.clear();
}

}  // namespace vtlookup
