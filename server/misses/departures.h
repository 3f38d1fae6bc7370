#ifndef VTLOOKUP_SERVER_MISSES_DEPARTURES_H_
#define VTLOOKUP_SERVER_MISSES_DEPARTURES_H_

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/loop.h"
#include "server/misses/client_shares.h"
#include "server/misses/flight_queue.h"
#include "server/misses/flights.h"
#include "virustotal/keys/lane.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// Decides when a flight may go to VirusTotal: at once, when its turn in the
// queue has come and the quota has room, or never, when the turn would come
// after the deadlines of all its waiters. Loop only.
class Departures {
 public:
  struct Options {
    size_t max_inflight = 0;  // requests to VirusTotal under way
    size_t max_queued = 0;    // flights that wait for their turn
  };

  // What the owner of the flights does. Loop only.
  class Flow {
   public:
    virtual ~Flow() = default;
    // It is the turn of `flight`, which has left the queue: fetch or end it.
    virtual void Leave(Flight& flight) = 0;
    // The turn of `waiter`, which is no longer in `flight`, comes too late:
    // end it. `why`: what the caller is told.
    virtual void RefuseLate(const Flight& flight, Waiter waiter,
                            const absl::Status& why) = 0;
    // Nobody waits for `flight`, and nothing was paid for it: remove it.
    virtual void Drop(Flight& flight) = 0;
  };

  // Borrows all but the options; they must outlive the loop.
  Departures(Options options, const Clock& clock, Loop& loop,
             Upstream& upstream, Flow& flow)
      : options_(options),
        clock_(clock),
        loop_(loop),
        upstream_(upstream),
        flow_(flow) {}

  // Whether a flight of the lane could be fetched now, without a wait.
  bool CanFetchNow(Lane lane) const;

  // Charges the flight to the client that began it, until Spend or Remove. A
  // flight that was charged already is not charged again. ResourceExhausted,
  // CLIENT_SHARE_USED_UP, when the client has no request left for the day.
  absl::Status TakeShare(Flight& flight);

  // OK when the queue has room for the flight, else ResourceExhausted,
  // TOO_MANY_WAITING.
  absl::Status RoomFor(const Flight& flight) const;

  // Puts the flight into the queue, refuses the waiters whose turn comes too
  // late, and drops the flight if none is left. `why` it must wait, if that is
  // known better than from the quota.
  void Enqueue(Flight& flight, const absl::Status& why = absl::OkStatus());

  // The waiter `id` has joined `flight`, which may be queued, and `more_urgent`
  // says that the waiter has changed the lane of the flight. Refuses the waiter
  // if its turn comes too late, and then drops the flight if nobody else waits.
  void OnJoined(Flight& flight, WaiterId id, bool more_urgent);

  // What `waiter` is told whose time is over before its turn has come.
  absl::Status WhyLate(const Flight& flight) const;

  // A request for the flight is made now; its share is spent.
  void OnFetch(Flight& flight);
  // That request has ended.
  void OnFetched() { --inflight_; }

  // Fetches what may be fetched, and sets a timer for what may be fetched
  // later. To be called whenever there is room again.
  void Dispatch();

  // The flight ends: takes it out of the queue, and gives its share back if
  // that was not spent.
  void Remove(const Flight& flight);
  void Clear() { queue_.Clear(); }

  // Drops a queued flight for which nobody waits.
  void DropIfUnpaid(Flight& flight);

  size_t queued() const { return queue_.size(); }
  size_t inflight() const { return inflight_; }

 private:
  void RefuseTheLate(Flight& flight, size_t ahead, const absl::Status& why);
  void RefuseIfLate(Flight& flight, WaiterId id, size_t ahead);
  void DispatchAt(absl::Time when);

  const Options options_;
  const Clock& clock_;
  Loop& loop_;
  Upstream& upstream_;
  Flow& flow_;
  ClientShares shares_;
  FlightQueue queue_;  // of the flights in kQueued
  size_t inflight_ = 0;
  std::optional<Loop::TimerId> timer_;
  absl::Time timer_at_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_DEPARTURES_H_
