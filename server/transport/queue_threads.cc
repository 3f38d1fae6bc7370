#include "server/transport/queue_threads.h"

namespace vtlookup {

QueueThreads::QueueThreads(grpc::ServerBuilder* builder, size_t count,
                           Intake& intake) {
  for (size_t i = 0; i < count; ++i) {
    auto served = std::make_unique<Served>();
    served->queue = std::make_unique<CompletionLoop>(
        builder->AddCompletionQueue(), open_, intake);
    queues_.push_back(std::move(served));
  }
}

void QueueThreads::Start(const Accept& accept) {
  // Before any thread starts, because the threads read what `accept` writes.
  for (const auto& served : queues_) accept(*served->queue);
  for (const auto& each : queues_) {
    Served& served = *each;
    served.threads.emplace_back([&served] { served.queue->Serve(); });
    for (size_t i = 0; i < kReliefs; ++i) {
      served.threads.emplace_back([&served] { WaitToRelieve(served); });
    }
  }
}

// The loop of a thread in reserve. Each wanted relief wakes one thread.
void QueueThreads::WaitToRelieve(Served& served) {
  for (;;) {
    uint64_t wanted = served.wanted.load(std::memory_order_acquire);
    if (served.stopping.load(std::memory_order_acquire)) return;
    if (wanted == 0) {
      served.wanted.wait(0, std::memory_order_acquire);
      continue;
    }
    if (!served.wanted.compare_exchange_weak(wanted, wanted - 1,
                                             std::memory_order_acq_rel)) {
      continue;
    }
    served.queue->Relieve();
  }
}

bool QueueThreads::HeldUp(absl::Duration monotonic_now) {
  bool held_up = false;
  for (const auto& served : queues_) {
    const absl::Duration late = served->queue->Pulse(monotonic_now);
    if (late < kHeldUp) continue;
    held_up = true;
    // Waits before the next relief, because the last one has just begun. After
    // kHeldUp that thread may be held up, too.
    if (monotonic_now - served->relieved < kHeldUp) continue;
    served->relieved = monotonic_now;
    reliefs_.Add();
    served->wanted.store(1, std::memory_order_release);
    served->wanted.notify_one();
  }
  return held_up;
}

void QueueThreads::Stop() {
  if (queues_.empty()) return;
  for (const auto& served : queues_) served->queue->EndPulse();
  // gRPC ends the process when a call is finished after its queue was closed.
  open_.WaitForNone();
  for (const auto& served : queues_) {
    served->queue->Close();
    // A queue without a thread must be drained here.
    if (served->threads.empty()) served->queue->Serve();
    served->stopping.store(true, std::memory_order_release);
    served->wanted.store(1, std::memory_order_release);
    served->wanted.notify_all();
    for (std::thread& thread : served->threads) thread.join();
  }
  queues_.clear();
}

}  // namespace vtlookup
