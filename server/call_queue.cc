#include "server/call_queue.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

// Looking at a queue that has nothing to tell costs a call of the kernel's, but
// what is told of many at a time makes the next wait.
constexpr unsigned kEventsUntilLatest = 8;

QueueEvent* EventOf(void* tag) { return static_cast<QueueEvent*>(tag); }

// Tells of what has happened there, and does not wait.
void ServeWhatHappened(const CallQueue::Place& place) {
  void* tag = nullptr;
  bool ok = false;
  while (place.open > 0 &&
         place.queue->AsyncNext(&tag, &ok, gpr_inf_past(GPR_CLOCK_REALTIME)) ==
             grpc::CompletionQueue::GOT_EVENT) {
    EventOf(tag)->Happened(ok);
  }
}

}  // namespace

CallQueue::CallQueue(std::unique_ptr<grpc::ServerCompletionQueue> arrivals,
                     OpenCalls& open)
    : open_(open), arrivals_(*arrivals) {
  places_.push_back({.queue = std::move(arrivals)});
}

// The first with room, so that few are in use, and none but the first as long
// as it will do.
CallQueue::Place& CallQueue::PlaceForWaiting() {
  const auto found =
      std::find_if(places_.begin(), places_.end(),
                   [](const Place& place) { return place.open < kMostCalls; });
  latest_ = static_cast<size_t>(found - places_.begin());
  if (found == places_.end()) {
    places_.push_back({.queue = std::make_unique<grpc::CompletionQueue>()});
  }
  return places_[latest_];
}

void CallQueue::Begin(Place& place) {
  ++place.open;
  if (&place != &places_.front()) ++beside_;
}

void CallQueue::End(Place& place) {
  --place.open;
  if (&place != &places_.front()) --beside_;
  open_.End();
}

void CallQueue::Serve() {
  unsigned events = 0;
  gpr_timespec look_beside = gpr_inf_past(GPR_CLOCK_MONOTONIC);
  for (;;) {
    void* tag = nullptr;
    bool ok = false;
    const auto next = arrivals_.AsyncNext(
        &tag, &ok,
        beside_ == 0 ? gpr_inf_future(GPR_CLOCK_MONOTONIC) : look_beside);
    if (next == grpc::CompletionQueue::SHUTDOWN) return CloseBeside();
    if (next == grpc::CompletionQueue::GOT_EVENT) EventOf(tag)->Happened(ok);
    if (beside_ == 0) continue;
    const gpr_timespec now = gpr_now(GPR_CLOCK_MONOTONIC);
    if (gpr_time_cmp(now, look_beside) >= 0) {
      for (size_t i = 1; i < places_.size(); ++i) ServeWhatHappened(places_[i]);
      look_beside =
          gpr_time_add(now, gpr_time_from_millis(kLateMs, GPR_TIMESPAN));
    } else if (++events % kEventsUntilLatest == 0 && latest_ > 0) {
      // Where hits are told of: two events for each that arrives.
      ServeWhatHappened(places_[latest_]);
    }
  }
}

void CallQueue::CloseBeside() {
  for (size_t i = 1; i < places_.size(); ++i) {
    places_[i].queue->Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (places_[i].queue->Next(&tag, &ok)) EventOf(tag)->Happened(ok);
  }
}

}  // namespace vtlookup
