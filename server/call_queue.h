#ifndef VTLOOKUP_SERVER_CALL_QUEUE_H_
#define VTLOOKUP_SERVER_CALL_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "core/mutex.h"
#include "grpcpp/alarm.h"
#include "grpcpp/completion_queue.h"
#include "server/intake.h"

namespace vtlookup {

// Something that a completion queue tells of, once.
class QueueEvent {
 public:
  virtual ~QueueEvent() = default;
  // On the queue's thread. `ok` is gRPC's word for whether it came about.
  virtual void Happened(bool ok) = 0;
};

// How many calls are open: from when they were asked for until nothing more of
// them is to be told, that they never came included. Once the server is shut
// down, all that were asked for end. Calls begin and end on the queues'
// threads.
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
// Events are handled one at a time. Usually one thread does, in Serve. gRPC
// reads connections on the same thread, between two events, and some input can
// keep it busy there for seconds (docs/adr/0041). Then Relieve lets another
// thread handle events meanwhile; a mutex keeps the two apart. Handlers, and
// the functions that say so, run with that mutex held; before Serve begins, one
// thread may call them without it.
class CallQueue {
 public:
  // Calls at one queue of gRPC's from which the next unary ones go elsewhere;
  // those that were asked for by then still come there.
  static constexpr size_t kMostCalls = 512;
  // The other queues may tell this late that a call has ended.
  static constexpr int kLateMs = 10;

  // A queue of gRPC's, and the calls that it will tell of.
  struct Place {
    std::unique_ptr<grpc::CompletionQueue> queue;
    size_t open = 0;  // by Begin and End
  };

  // The calls count in `open`, too, and their messages in `intake`.
  CallQueue(std::unique_ptr<grpc::ServerCompletionQueue> arrivals,
            OpenCalls& open, Intake& intake);

  // What became requests is counted there.
  Intake& intake() { return intake_; }

  // The server's own: where calls are asked for.
  grpc::ServerCompletionQueue& arrivals() { return arrivals_; }

  // Where a call's events go: the first queue, which tells at once; or, for
  // calls without an event before their end, one that may tell kLateMs late.
  // Within handlers.
  Place& PlaceAtOnce() { return places_.front(); }
  Place& PlaceForWaiting();

  // Of a call: it is asked for; it has come; it is over; it never came. Within
  // handlers.
  void Ask() { open_.Begin(); }
  void Begin(Place& place);
  void End(Place& place);
  void EndUnbegun() { open_.End(); }

  // Handles events until Close. One thread.
  void Serve();

  // Handles events until Close, too, but only while the thread in Serve does
  // not. Returns when that thread is back, or after Close. Any thread.
  void Relieve();

  // Whether the queue is being served: puts an event of its own into it, and
  // tells for how long the last one has not been handled; zero when it was. One
  // thread, about twenty times a second.
  absl::Duration Pulse(absl::Duration monotonic_now);
  // Before Close: takes the event of Pulse back. That thread.
  void EndPulse() { alarm_.Cancel(); }

  // No call may be open, and Pulse has ended. By any thread.
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
  grpc::ServerCompletionQueue& arrivals_;  // that of the first place

  // Held while an event is handled. What follows is guarded by it, which clang
  // cannot see, since handlers are called by way of gRPC.
  Mutex mu_;
  std::deque<Place> places_;           // as many as were needed at a time
  std::atomic<size_t> beside_ = 0;     // calls at all but the first place
  size_t latest_ = 0;                  // the place that was given out last

  std::atomic<uint64_t> turns_{0};  // of the loop in Serve
  Beat beat_;
  absl::Duration beat_at_;  // Pulse's thread only
  grpc::Alarm alarm_;       // Pulse's thread only
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CALL_QUEUE_H_
