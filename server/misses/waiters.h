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

// The lookups that wait in flights: how long each waits, when it is served a
// stale entry instead, and how it ends. Loop only.
class Waiters {
 public:
  struct Options {
    // The longest wait for a turn of a waiter without a deadline, and of any.
    absl::Duration wait_without_deadline = absl::ZeroDuration();
    absl::Duration max_wait = absl::InfiniteDuration();
  };
  // The time of a waiter is over before the turn of its flight. It is still in
  // the flight, which is queued.
  using OnLate = std::function<void(Flight&, WaiterId)>;
  // A waiter has ended.
  using OnEnd = std::function<void()>;

  // Borrows all but the options and the callbacks. `config` may change.
  Waiters(Options options, const Clock& clock, Loop& loop, Cache& cache,
          const v1::CacheConfig& config, MissCounters& counters, OnLate on_late,
          OnEnd on_end);

  // Puts the waiter into `flight`. A waiter for which an expired entry is at
  // hand gets that entry when the answer takes long
  // (`cache.stale.client_wait`).
  void Join(Flight& flight, Waiter waiter);

  // The flight in which the waiter `id` waits; null when there is none.
  Flight* FlightOf(WaiterId id) const;

  // The waiter, which was taken out of its flight, waits for none any more:
  // cancels its timers.
  void Forget(const Waiter& waiter);

  // Ends the waiter with `answer`. Every waiter ends here, unless QueuedItems
  // holds it.
  void Finish(Waiter waiter, absl::StatusOr<Answer> answer);

  // Ends the waiter of a flight that has failed: with the entry that was cached
  // when the flight began, if it may stand in, else with `failure`.
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
