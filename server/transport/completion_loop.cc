#include "server/transport/completion_loop.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

// Serve looks at the extra queue in use after this many events. Looking at a
// queue without events costs a system call; looking too seldom delays the ends
// of calls.
constexpr unsigned kEventsUntilLatest = 8;
// How often a relieving thread checks whether it is still needed.
constexpr int kReliefMs = 50;

gpr_timespec InMillis(int64_t millis) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(millis, GPR_TIMESPAN));
}

}  // namespace

CompletionLoop::CompletionLoop(
    std::unique_ptr<grpc::ServerCompletionQueue> arrivals, OpenCalls& open,
    Intake& intake)
    : open_(open), intake_(intake), arrivals_(*arrivals) {
  slots_.push_back({.queue = std::move(arrivals)});
}

// Takes the first queue with room, so that few queues are in use, and only the
// server's own queue as long as that has room.
CompletionLoop::Slot& CompletionLoop::SlotForWaiting() {
  const auto found =
      std::find_if(slots_.begin(), slots_.end(),
                   [](const Slot& slot) { return slot.open < kMostCalls; });
  latest_ = static_cast<size_t>(found - slots_.begin());
  if (found == slots_.end()) {
    slots_.push_back({.queue = std::make_unique<grpc::CompletionQueue>()});
  }
  return slots_[latest_];
}

void CompletionLoop::Begin(Slot& slot) {
  ++slot.open;
  if (&slot != &slots_.front()) {
    beside_.fetch_add(1, std::memory_order_relaxed);
  }
}

void CompletionLoop::End(Slot& slot) {
  --slot.open;
  if (&slot != &slots_.front()) {
    beside_.fetch_sub(1, std::memory_order_relaxed);
  }
  open_.End();
}

void CompletionLoop::Handle(void* tag, bool ok) {
  MutexLock lock(mu_);
  handles_.store(true, std::memory_order_relaxed);
  static_cast<QueueEvent*>(tag)->Happened(ok);
  handles_.store(false, std::memory_order_relaxed);
}

// Handles the pending events of an extra queue, without waiting for more. gRPC
// reads connections there, too, so the mutex is not held around AsyncNext.
void CompletionLoop::ServeBeside(size_t index) {
  for (;;) {
    grpc::CompletionQueue* queue = nullptr;
    {
      MutexLock lock(mu_);
      if (index >= slots_.size() || slots_[index].open == 0) return;
      queue = slots_[index].queue.get();
    }
    void* tag = nullptr;
    bool ok = false;
    if (queue->AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_REALTIME)) !=
        grpc::CompletionQueue::GOT_EVENT) {
      return;
    }
    Handle(tag, ok);
  }
}

void CompletionLoop::Serve() {
  unsigned events = 0;
  gpr_timespec look_beside = gpr_inf_past(GPR_CLOCK_MONOTONIC);
  for (;;) {
    void* tag = nullptr;
    bool ok = false;
    const bool beside = beside_.load(std::memory_order_relaxed) > 0;
    const auto next = arrivals_.AsyncNext(
        &tag, &ok, beside ? look_beside : gpr_inf_future(GPR_CLOCK_MONOTONIC));
    turns_.fetch_add(1, std::memory_order_relaxed);
    if (next == grpc::CompletionQueue::SHUTDOWN) return CloseBeside();
    if (next == grpc::CompletionQueue::GOT_EVENT) Handle(tag, ok);
    if (beside_.load(std::memory_order_relaxed) == 0) continue;
    if (gpr_time_cmp(gpr_now(GPR_CLOCK_MONOTONIC), look_beside) >= 0) {
      size_t slots = 0;
      {
        MutexLock lock(mu_);
        slots = slots_.size();
      }
      for (size_t i = 1; i < slots; ++i) ServeBeside(i);
      look_beside = InMillis(kLateMs);
    } else if (++events % kEventsUntilLatest == 0) {
      // Hits complete at this extra queue, with two events for each call.
      size_t latest = 0;
      {
        MutexLock lock(mu_);
        latest = latest_;
      }
      if (latest > 0) ServeBeside(latest);
    }
  }
}

void CompletionLoop::Relieve() {
  const uint64_t turns = turns_.load(std::memory_order_relaxed);
  while (turns_.load(std::memory_order_relaxed) == turns) {
    void* tag = nullptr;
    bool ok = false;
    const auto next = arrivals_.AsyncNext(&tag, &ok, InMillis(kReliefMs));
    if (next == grpc::CompletionQueue::SHUTDOWN) return;
    if (next == grpc::CompletionQueue::GOT_EVENT) Handle(tag, ok);
  }
}

absl::Duration CompletionLoop::Pulse(absl::Duration monotonic_now) {
  // A handler that takes long is neither gRPC's nor a client's doing.
  if (handles_.load(std::memory_order_relaxed)) beat_at_ = monotonic_now;
  if (beat_.pending.load(std::memory_order_acquire)) {
    return monotonic_now - beat_at_;
  }
  beat_at_ = monotonic_now;
  beat_.pending.store(true, std::memory_order_release);
  alarm_.Set(&arrivals_, gpr_now(GPR_CLOCK_MONOTONIC), &beat_);
  return absl::ZeroDuration();
}

void CompletionLoop::CloseBeside() {
  for (size_t i = 1; i < slots_.size(); ++i) {
    slots_[i].queue->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (slots_[i].queue->Next(&tag, &ok)) Handle(tag, ok);
  }
}

}  // namespace vtlookup
