#include "server/queues.h"

namespace vtlookup {
namespace {

void Serve(grpc::ServerCompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) static_cast<QueueEvent*>(tag)->Happened(ok);
}

}  // namespace

Queues::Queues(grpc::ServerBuilder* builder, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    queues_.push_back(builder->AddCompletionQueue());
  }
}

void Queues::Start(const Accept& accept) {
  // First all of them: what `accept` writes down, the threads read.
  for (const auto& queue : queues_) accept(*queue, open_);
  for (const auto& queue : queues_) {
    threads_.emplace_back([&queue] { Serve(*queue); });
  }
}

void Queues::Stop() {
  // A call that is still to be finished would find its queue closed, which gRPC
  // takes for a fault of the program.
  open_.WaitForNone();
  for (const auto& queue : queues_) queue->Shutdown();
  // Those that no thread serves have something to tell, too.
  if (threads_.empty()) {
    for (const auto& queue : queues_) Serve(*queue);
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  queues_.clear();
}

}  // namespace vtlookup
