#ifndef VTLOOKUP_SERVER_MISSES_DEPARTURES_H_
#define VTLOOKUP_SERVER_MISSES_DEPARTURES_H_

#include <cstddef>
#include <cstdint>
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

  // The owner of the flights, which carries out what Departures decides. Loop
  // only.
  class Flow {
   public:
    virtual ~Flow() = default;
    // The turn of `flight` has come, and `flight` has left the queue: fetch it
    // or end it.
    virtual void Leave(Flight& flight) = 0;
    // The turn of `flight` comes too late for `waiter`, which was taken out of
    // the flight: end the waiter. `why`: the failure for the caller.
    virtual void RefuseLate(const Flight& flight, Waiter waiter,
                            const absl::Status& why) = 0;
    // `flight` has no waiter, and no request is under way for it: remove it.
    virtual void Drop(Flight& flight) = 0;
  };

  // Borrows all arguments but the options; they must outlive the loop.
  Departures(Options options, const Clock& clock, Loop& loop,
             Upstream& upstream, Flow& flow)
      : options_(options),
        clock_(clock),
        loop_(loop),
        upstream_(upstream),
        flow_(flow) {}

  // Whether a new flight of the lane could be fetched now, without a wait in
  // the queue.
  bool CanFetchNow(Lane lane) const;

  // Reserves a request of the client's daily share for the flight. OnFetched
  // counts what the fetch has really cost instead, and Remove gives the
  // reserved request back. A flight that has one already reserves no other.
  // ResourceExhausted, CLIENT_SHARE_USED_UP, when the client has no request
  // left for the day.
  absl::Status TakeShare(Flight& flight);

  // OK when the queue has room for the flight, else ResourceExhausted,
  // TOO_MANY_WAITING.
  absl::Status RoomFor(const Flight& flight) const;

  // Puts the flight into the queue and refuses the waiters whose turn comes too
  // late. Drops the flight instead if no waiter is left and it need not be kept
  // (Flight::keep).
  void Enqueue(Flight& flight);

  // Call this after the waiter `id` has joined `flight`. `more_urgent`: the
  // waiter has changed the lane of the flight. If the flight is queued, refuses
  // the waiter when its turn comes too late, and then drops the flight if no
  // other waiter is left.
  void OnJoined(Flight& flight, WaiterId id, bool more_urgent);

  // The failure for a waiter whose limit has passed before the turn of the
  // queued `flight` has come.
  absl::Status WhyLate(const Flight& flight) const;

  // Call this when the fetch for the flight begins. It counts against
  // max_inflight from then on.
  void OnFetch(Flight& flight);
  // Call this when that fetch has ended. `requests`: see Upstream::Done; they
  // are counted for the client. Since one request is reserved for each flight,
  // a client whose flights cost several requests may get beyond its share.
  // `flight`: nullptr if it has ended before its fetch.
  void OnFetched(Flight* flight, uint32_t requests);

  // Lets queued flights leave as long as there is room, and sets a timer for
  // the time at which the quota has room for the next. Call this whenever a
  // request has ended.
  void Dispatch();

  // Takes a flight that ends out of the queue, and gives back a reserved
  // request of the client's share.
  void Remove(const Flight& flight);
  void Clear() { queue_.Clear(); }

  // Drops the flight if it is queued, has no waiter and need not be kept
  // (Flight::keep).
  void DropIfUnpaid(Flight& flight);

  size_t queued() const { return queue_.size(); }
  size_t inflight() const { return inflight_; }

 private:
  void RefuseTheLate(Flight& flight, size_t ahead);
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
