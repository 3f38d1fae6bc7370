#ifndef VTLOOKUP_SERVER_TRANSPORT_COMPLETION_LOOP_H_
#define VTLOOKUP_SERVER_TRANSPORT_COMPLETION_LOOP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "core/mutex.h"
#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"
#include "server/transport/intake.h"

namespace vtlookup {

// The receiver of one event of a completion queue; its address is the tag of
// the gRPC operation.
class QueueEvent {
 public:
  virtual ~QueueEvent() = default;
  // Called once for each operation, on a thread of the queue. `ok` is the
  // success that gRPC reports.
  virtual void Happened(bool ok) = 0;
};

// Counts open calls: from when we ask gRPC for one until its last event, even
// if no client ever used it. After the server's shutdown all of them end.
// Thread-safe.
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

// The completion-queue loop of a server's thread. Calls arrive on the server's
// queue. Once kMostCalls are open there, further unary calls complete on extra
// queues, because Debian's gRPC scans all open tags of a queue for each event
// (docs/adr/0032). All tags are QueueEvents.
//
// Events are handled one at a time, usually by one thread, in Serve. gRPC reads
// connections on the same thread, between two events, and some input can keep
// it busy there for seconds (docs/adr/0041). Then another thread handles events
// in Relieve; a mutex keeps the two apart. Handlers run with that mutex held,
// and functions "for handlers" need it; before Serve begins, one thread may
// call them without it.
class CompletionLoop {
 public:
  // With this many open calls at one of gRPC's queues, further unary calls go
  // to another one. Calls that gRPC was asked for before that still complete
  // here.
  static constexpr size_t kMostCalls = 512;
  // The extra queues may report the end of a call late by this many
  // milliseconds.
  static constexpr int kLateMs = 10;

  // One of gRPC's queues, and the number of open calls that complete there.
  struct Slot {
    std::unique_ptr<grpc::CompletionQueue> queue;
    size_t open = 0;  // by Begin and End
  };

  // Borrows `open`, which also counts the calls of this queue, and `intake`.
  CompletionLoop(std::unique_ptr<grpc::ServerCompletionQueue> arrivals,
                 OpenCalls& open, Intake& intake);

  // Counts calls and messages that arrive at this queue.
  Intake& intake() { return intake_; }

  // The server's queue, at which calls arrive.
  grpc::ServerCompletionQueue& arrivals() { return arrivals_; }

  // The queue for a call's events. SlotAtOnce is the first one, which reports
  // at once. SlotForWaiting, for calls without an event before their end, may
  // report kLateMs late. For handlers.
  Slot& SlotAtOnce() { return slots_.front(); }
  Slot& SlotForWaiting();

  // The events in the life of a call: we ask gRPC for it; it arrives; it is
  // over; or it never arrived. For handlers.
  void Expect() { open_.Begin(); }
  void Begin(Slot& slot);
  void End(Slot& slot);
  void EndUnbegun() { open_.End(); }

  // Handles events until Close. Called on one thread.
  void Serve();

  // Handles events while the thread in Serve is held up. Returns when that
  // thread is back, or after Close. Any thread.
  void Relieve();

  // Measures whether the queue is served: puts an event of its own into it. If
  // the event of an earlier call has not been handled yet, returns its age;
  // otherwise zero. One thread, 20 to 66 times a second.
  absl::Duration Pulse(absl::Duration monotonic_now);
  // Takes the event of Pulse back. Call it before Close, after the last Pulse.
  void EndPulse() { alarm_.Cancel(); }

  // Makes Serve and Relieve return. REQUIRES: no call is open, and EndPulse was
  // called. Any thread.
  void Close() { arrivals_.Shutdown(); }

 private:
  // The event that Pulse puts into the queue.
  class Beat final : public QueueEvent {
   public:
    void Happened(bool /*ok*/) override {
      pending.store(false, std::memory_order_release);
    }
    std::atomic<bool> pending{false};
  };

  void Handle(void* tag, bool ok) ABSL_LOCKS_EXCLUDED(mu_);
  void ServeBeside(size_t index) ABSL_LOCKS_EXCLUDED(mu_);
  void CloseBeside();

  OpenCalls& open_;
  Intake& intake_;
  grpc::ServerCompletionQueue& arrivals_;  // the queue of the first slot

  // Held while an event is handled. Guards the members up to latest_; clang
  // cannot check that, because gRPC calls the handlers.
  Mutex mu_;
  std::deque<Slot> slots_;          // as many as were ever needed at a time
  std::atomic<size_t> beside_ = 0;  // open calls at the extra queues
  size_t latest_ = 0;               // the slot that was chosen last

  std::atomic<bool> handles_{false};  // a handler is running
  std::atomic<uint64_t> turns_{0};    // counts the turns of the loop in Serve
  Beat beat_;
  absl::Duration beat_at_;  // Pulse's thread only
  grpc::Alarm alarm_;       // Pulse's thread only
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_COMPLETION_LOOP_H_
