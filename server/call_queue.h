#ifndef VTLOOKUP_SERVER_CALL_QUEUE_H_
#define VTLOOKUP_SERVER_CALL_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>

#include "grpcpp/completion_queue.h"

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

// Tells one thread of the calls that it serves: by the server's queue, where
// they arrive, and, as long as very many are open, by others beside it.
// Debian's gRPC looks for each event among all that its queue has still to tell
// of, one by one, so that thousands of calls that wait would double what each
// hit costs (docs/adr/0032). All tags are QueueEvents. For that thread
// only, before which somebody may ask for the first calls.
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

  // The calls count in `open`, too.
  CallQueue(std::unique_ptr<grpc::ServerCompletionQueue> arrivals,
            OpenCalls& open);

  // The server's own: where calls are asked for.
  grpc::ServerCompletionQueue& arrivals() { return arrivals_; }

  // Where to have a call told of: at once, or, where nothing is told before its
  // end, perhaps late.
  Place& PlaceAtOnce() { return places_.front(); }
  Place& PlaceForWaiting();

  // Of a call: it is asked for; it has come; it is over; it never came.
  void Ask() { open_.Begin(); }
  void Begin(Place& place);
  void End(Place& place);
  void EndUnbegun() { open_.End(); }

  // Tells of what happens until Close.
  void Serve();

  // No call may be open. By any thread.
  void Close() { arrivals_.Shutdown(); }

 private:
  void CloseBeside();

  OpenCalls& open_;
  grpc::ServerCompletionQueue& arrivals_;  // that of the first place
  std::deque<Place> places_;               // as many as were needed at a time
  size_t beside_ = 0;                      // calls at all but the first place
  size_t latest_ = 0;                      // the place that was given out last
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CALL_QUEUE_H_
