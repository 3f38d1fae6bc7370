#ifndef VTLOOKUP_SERVER_MISSES_WAITERS_H_
#define VTLOOKUP_SERVER_MISSES_WAITERS_H_

#include <cstddef>
#include <functional>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/cache.h"
#include "core/clock.h"
#include "core/loop.h"
#include "server/misses/flights.h"
#include "server/misses/miss_counters.h"
#include "server/misses/waiting_room.h"
#include "server/verdicts/answer.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The lookups that wait in flights. Decides how long each waits and when it
// gets a stale entry instead of the answer, and ends it. Loop only.
class Waiters {
 public:
  struct Options {
    // The longest wait for the turn of the flight: wait_without_deadline is for
    // a waiter that has neither a deadline nor a timeout, max_wait for others.
    absl::Duration wait_without_deadline = absl::ZeroDuration();
    absl::Duration max_wait = absl::InfiniteDuration();
  };
  // Called when the limit of a waiter has passed before the turn of its flight
  // has come. The flight is queued, and the waiter is still in it.
  using OnLate = std::function<void(Flight&, WaiterId)>;
  // Called when a waiter has ended.
  using OnEnd = std::function<void()>;

  // Borrows all arguments but the options and the callbacks. `config` may
  // change later, on the loop.
  Waiters(Options options, const Clock& clock, Loop& loop, Cache& cache,
          const v1::CacheConfig& config, MissCounters& counters, OnLate on_late,
          OnEnd on_end);

  // Puts the waiter into `flight`. If the flight has an entry that may stand in
  // for the answer (AcceptsInstead), the waiter gets that entry when the answer
  // takes longer than `cache.stale.client_wait`, or than four fifths of the
  // caller's time.
  void Join(Flight& flight, Waiter waiter);

  // The flight in which the waiter `id` waits; null when it waits in none.
  Flight* FlightOf(WaiterId id) const;

  // Call this for a waiter that was taken out of its flight and goes elsewhere
  // without an answer: cancels its timers. Finish does this by itself.
  void Forget(const Waiter& waiter);

  // Ends the waiter with `answer`. Every waiter ends here, except one whose
  // answer QueuedItems holds back.
  void Finish(Waiter waiter, absl::StatusOr<Answer> answer);

  // Ends a waiter that cannot get an answer from VirusTotal: with the entry
  // that was cached when the flight began, if the waiter accepts it, else with
  // `failure`.
  void Fail(const Flight& flight, Waiter waiter, const absl::Status& failure);

  size_t size() const { return flights_.size(); }

 private:
  void SetLimit(Waiter& waiter);
  void ServeStaleSoon(const Flight& flight, Waiter& waiter);
  bool MayStandIn(const Flight& flight, const Want& want) const;
  void OnStaleTimer(WaiterId id);
  void OnLateTimer(WaiterId id);

  const Options options_;
  const Clock& clock_;
  Loop& loop_;
  Cache& cache_;
  const v1::CacheConfig& config_;
  MissCounters& counters_;
  const OnLate on_late_;
  const OnEnd on_end_;
  absl::flat_hash_map<WaiterId, Flight*> flights_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_WAITERS_H_
