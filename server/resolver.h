#ifndef VTLOOKUP_SERVER_RESOLVER_H_
#define VTLOOKUP_SERVER_RESOLVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "core/clock.h"
#include "core/counter.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/acceptance.h"
#include "server/answer.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Answers what the cache could not answer at once: reads the slower tier, asks
// VirusTotal, once per indicator however many wait, and keeps what it says.
// The public methods are thread-safe; all else happens on the loop.
class Resolver {
 public:
  using WaiterId = uint64_t;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Answer>) &&>;

  struct Options {
    v1::CacheConfig cache;
    size_t max_inflight = 0;  // requests to VirusTotal under way
    size_t max_queued = 0;    // indicators that wait for one of these
    size_t max_waiting = 0;   // waiters in all
    // Told of each fetch that failed. Loop only; may be empty.
    std::function<void(const absl::Status&)> on_failure = {};
  };

  // What has happened so far. Thread-safe to read.
  struct Counters {
    Counter fetches;       // asked at VirusTotal
    Counter coalesced;     // waiters that joined somebody else's fetch
    Counter stale_served;  // answered with an expired entry
    Counter refused;       // over max_queued or max_waiting
    Counter failed;        // fetches without a verdict
  };

  // Borrows all but the options. The loop must be stopped before this dies.
  Resolver(Options options, const Clock& clock, Loop& loop, Cache& cache,
           Upstream& upstream);

  // Reserves `count` ids and returns the first; the others follow it.
  WaiterId ReserveIds(size_t count) { return next_id_.fetch_add(count); }

  // Looks for an answer that `want` accepts. `done` runs exactly once, on the
  // loop: with the answer, with a failure (those of Upstream::Fetch; NotFound
  // for kCacheOnly; ResourceExhausted over a limit; Unavailable when draining),
  // or with Cancelled after Cancel(id). Each id is used once. After the loop
  // has been stopped, `done` is destroyed unrun.
  void Resolve(WaiterId id, Indicator indicator, Want want, Done done);

  // Has VirusTotal scan a URL, and keeps its answer unless a report is known.
  void Submit(WaiterId id, Indicator indicator, Done done);

  // No effect once the waiter's `done` has run.
  void Cancel(WaiterId id);

  // Refuses new waiters with Unavailable, lets those that wait go on for
  // `grace`, then finishes them with Unavailable too; `drained` runs once, when
  // none is left. Loop only, once.
  void Drain(absl::Duration grace, Task drained);

  const Counters& counters() const { return counters_; }

 private:
  // A flight is in the table until it has ended, so that whatever comes later
  // for the same key joins it.
  enum class State {
    kReading,   // a slower tier is being read
    kQueued,    // waits for one of max_inflight
    kFetching,  // at VirusTotal: paid for, so it runs to the end even if all
                // waiters have left
  };
  struct Waiter {
    WaiterId id;
    Want want;
    Done done;
  };
  // The asks for an indicator are answered differently, so they fly apart.
  using FlightKey = std::string;
  struct Flight {
    FlightKey key;
    Indicator indicator;
    Ask ask;
    State state;
    bool interactive;                      // whether one of the waiters is
    std::optional<Cache::Found> previous;  // what was cached; may have expired
    absl::flat_hash_map<WaiterId, Waiter> waiters;
  };

  static FlightKey KeyOf(const Indicator& indicator, Ask ask);

  void Join(Indicator indicator, Ask ask, Waiter waiter);
  void JoinCacheOnly(Indicator indicator, Waiter waiter);
  void Take(Flight& flight, Waiter waiter);
  void StartReading(Flight& flight);
  void OnRead(const FlightKey& key, std::optional<Cache::Found> found);
  void QueueOrFetch(Flight& flight);
  void Fetch(Flight& flight);
  void OnFetched(const FlightKey& key, absl::StatusOr<v1::Verdict> verdict);
  void FetchNextQueued();
  Flight* NextQueued();
  void Land(Flight& flight, v1::Verdict verdict);
  void Fail(Flight& flight, const absl::Status& status);
  Entry Keep(const Flight& flight, v1::Verdict verdict, absl::Time now);
  std::unique_ptr<Flight> Remove(const FlightKey& key);
  void Finish(Waiter waiter, absl::StatusOr<Answer> answer);
  void FinishAll();
  bool idle() const { return waiting_.empty() && reading_only_.empty(); }
  bool full() const {
    return waiting_.size() + reading_only_.size() >= options_.max_waiting;
  }

  const Options options_;
  const Clock& clock_;
  Loop& loop_;
  Cache& cache_;
  Upstream& upstream_;
  std::atomic<WaiterId> next_id_{1};
  Counters counters_;

  // Loop only.
  absl::flat_hash_map<FlightKey, std::unique_ptr<Flight>> flights_;
  absl::flat_hash_map<WaiterId, Flight*> waiting_;      // in its `waiters`
  absl::flat_hash_map<WaiterId, Waiter> reading_only_;  // kCacheOnly
  // Of flights in kQueued, oldest first. One that an interactive waiter joins
  // stands in both; where its turn comes later it is passed over.
  std::deque<FlightKey> interactive_queue_;
  std::deque<FlightKey> bulk_queue_;
  size_t queued_ = 0;  // flights in kQueued
  size_t inflight_ = 0;
  bool draining_ = false;
  Task drained_;  // set while draining, until nobody waits
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_RESOLVER_H_
