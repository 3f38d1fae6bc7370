#ifndef VTLOOKUP_SERVER_MISSES_RESOLVER_H_
#define VTLOOKUP_SERVER_MISSES_RESOLVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "cache/raw_reports.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/misses/cache_check.h"
#include "server/misses/fetches.h"
#include "server/misses/flights.h"
#include "server/misses/miss.h"
#include "server/misses/miss_counters.h"
#include "server/misses/queued_items.h"
#include "server/misses/waiters.h"
#include "server/misses/waiting_room.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/verdict_keeper.h"
#include "server/verdicts/want.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Answers lookups that the fast path could not answer. A lookup goes this way:
//   1. CacheCheck looks at the cache again, and reads the disk if it must.
//   2. A lookup that the cache does not answer becomes a waiter of a Flight:
//      one question to VirusTotal, however many lookups wait for its answer.
//   3. Departures waits until the quota has room for the flight. It refuses
//      waiters whose turn would come too late. Fetches makes the request.
//   4. The answer lands: VerdictKeeper stores it, and all waiters get it. A
//      failure is never stored; the waiters get the failure, or a stale entry
//      if they accept one.
//   5. QueuedItems asks again for items whose scan VirusTotal has queued.
//   6. If Want::raw is set, the raw report is read when the verdict is known.
// The public methods are thread-safe, unless they say otherwise. Everything
// else happens on the loop.
class Resolver : private CacheCheck::Results, private Fetches::Ends {
 public:
  using WaiterId = vtlookup::WaiterId;
  using Done = OnAnswer;

  using FetchOutcome = vtlookup::FetchOutcome;

  struct Options {
    v1::CacheConfig cache;
    size_t max_waiting = 0;  // waiters in all
    Waiters::Options waiters = {};
    Fetches::Options fetches = {};
    QueuedItems::Options queued_items = {};
  };

  using Counters = MissCounters;

  // Borrows all arguments but the options. The loop must be stopped before the
  // resolver is destroyed.
  Resolver(Options options, const Clock& clock, Loop& loop, Cache& cache,
           RawReports& raws, Upstream& upstream);

  struct Request {
    WaiterId id;
    Miss miss;
    Done done;
  };

  // Reserves `count` ids and returns the first; the others follow it.
  WaiterId ReserveIds(size_t count) { return next_id_.fetch_add(count); }

  // Answers the requests; those that need the disk are read in one batch. Each
  // `done` runs exactly once, on the loop, with one of these:
  //   - the answer: code -1 from SOURCE_LOCAL when Fetches::Options::withheld
  //     has a reason by then;
  //   - a failure of Upstream::Fetch;
  //   - NotFound: a kCacheOnly lookup that the cache does not answer;
  //   - ResourceExhausted: a limit is reached, or the turn would come after the
  //     deadline;
  //   - Unavailable: the resolver is draining;
  //   - Cancelled: Cancel was called with this id.
  // Each id is used once. If the loop is stopped first, `done` is destroyed
  // without running.
  void Resolve(std::vector<Request> requests);
  void Resolve(WaiterId id, Miss miss, Done done);

  // Submits a URL to VirusTotal for a scan. The answer is stored unless the
  // cache has a report about the URL. `done` runs like that of Resolve.
  void Submit(WaiterId id, Indicator indicator, Requester requester, Done done);

  // See QueuedItems::Watch and Unwatch. `on_verdict` gets Unavailable when the
  // resolver is draining. Loop only.
  void Watch(WaiterId id, const Indicator& indicator, const Answer& known,
             WatchList::OnVerdict on_verdict);
  void Unwatch(WaiterId id) { queued_items_.Unwatch(id); }

  // Fetches an entry again that is fresh but will soon expire, if the quota has
  // room for a request in the background lane now.
  void RefreshAhead(Indicator indicator);

  // Cancels the waiters and watchers with `count` ids from `first` on. No
  // effect on a waiter whose `done` has run.
  void Cancel(WaiterId first, size_t count = 1);

  // Sets the lifetimes of answers that come from now on, and for how long
  // entries may be served stale. Loop only.
  void SetLifetimes(const v1::CacheConfig& config) { cache_config_ = config; }

  // Call this when the quota may have room earlier than it has said: lets
  // queued flights leave. Loop only.
  void OnQuotaChanged() { fetches_.departures().Dispatch(); }

  // The numbers of waiters, of flights in the queue, and of requests to
  // VirusTotal under way. Loop only.
  size_t waiting() const {
    return waiters_.size() + checks_.size() + queued_items_.held();
  }
  size_t queued() const { return fetches_.departures().queued(); }
  size_t inflight() const { return fetches_.departures().inflight(); }

  // Refuses new waiters with Unavailable, lets present waiters wait for
  // `grace`, and then finishes them with Unavailable. `drained` runs once: when
  // no waiter is left and no request is under way, and after `grace` at the
  // latest. Loop only; call it once.
  void Drain(absl::Duration grace, Task drained);

  const Counters& counters() const { return counters_; }

 private:
  static Purpose PurposeOf(const Indicator& indicator, const Want& want);
  Done WithRaw(Done done);
  void Arrive(std::vector<CacheCheck::Arrival> arrivals);

  // The results of CacheCheck. Join puts the waiter into a flight.
  void Settle(Waiter waiter, const Indicator& indicator,
              Answer answer) override;
  void Join(const Indicator& indicator, Purpose purpose, Waiter waiter,
            std::optional<Cache::Found> previous) override;
  void Finish(Waiter waiter, absl::StatusOr<Answer> answer) override;
  void Refuse(Waiter waiter, const absl::Status& why) override;

  // Waiting in a flight.
  void Take(Flight& flight, Waiter waiter);
  void OnLate(Flight& flight, WaiterId id);

  // Flights that begin without a waiter.
  void AskAgain(const Indicator& indicator, Lane lane,
                const PollList::Payer& payer);
  void Begin(const Indicator& indicator, Lane lane,
             const PollList::Payer& payer);

  // The ends of flights.
  void Land(Flight& landing, Upstream::Reply reply) override;
  void Fail(Flight& failing, const absl::Status& failure) override;
  void Withhold(Flight& flight, const std::string& why) override;
  void Drop(Flight& flight) override { fetches_.Remove(flight); }
  void RefuseLate(const Flight& flight, Waiter waiter,
                  const absl::Status& why) override;
  void OnFetchEnded() override { EndDrainIfIdle(); }
  Answer WithheldAnswer(const Indicator& indicator, const std::string& why);
  std::optional<Answer> AnswerIfWithheld(const Indicator& indicator);

  // Ending.
  void CancelNow(WaiterId id);
  void EndDrainIfIdle();
  void FinishAll();
  // Whether nothing is under way that a drain waits for. A request whose
  // waiters have left counts as under way, because it is paid for.
  bool idle() const {
    return waiters_.size() == 0 && checks_.size() == 0 &&
           fetches_.departures().inflight() == 0;
  }

  Loop& loop_;
  Cache& cache_;
  RawReports& raws_;
  const Clock& clock_;
  std::atomic<WaiterId> next_id_{1};
  MissCounters counters_;

  // Loop only.
  v1::CacheConfig cache_config_;
  WaitingRoom room_;  // of all waiters
  Flights flights_;
  Waiters waiters_;  // in `flights_`
  CacheCheck checks_;
  Fetches fetches_;
  QueuedItems queued_items_;
  VerdictKeeper keeper_;
  bool draining_ = false;
  Task drained_;  // not null while a drain goes on
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_RESOLVER_H_
