#ifndef VTLOOKUP_SERVER_MISSES_RESOLVER_H_
#define VTLOOKUP_SERVER_MISSES_RESOLVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "core/clock.h"
#include "core/counter.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "core/response_code.h"
#include "server/misses/client_shares.h"
#include "server/misses/failure_memory.h"
#include "server/misses/flight_queue.h"
#include "server/misses/flights.h"
#include "server/misses/held_answers.h"
#include "server/misses/miss.h"
#include "server/misses/poll_list.h"
#include "server/misses/retry_budget.h"
#include "server/misses/watch_list.h"
#include "server/verdicts/acceptance.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/verdict_keeper.h"
#include "virustotal/upstream.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Answers what the cache could not answer at once: reads the slower tier, asks
// VirusTotal, once per indicator however many wait, when its quota has room,
// and keeps what it says. The public methods are thread-safe, unless they say
// otherwise; all else happens on the loop.
class Resolver {
 public:
  using WaiterId = vtlookup::WaiterId;
  using Done = OnAnswer;

  // What VirusTotal was asked, and how that ended.
  struct Asked {
    const Indicator& indicator;
    Ask ask;
    // The client whose lookup began the fetch, or brought the item that is
    // polled; empty: none.
    std::string_view client;
    std::string_view trace;  // of that client's call
    absl::Status outcome;
    // When the outcome is OK.
    ResponseCode response_code = ResponseCode::kMissing;
  };

  struct Options {
    v1::CacheConfig cache;
    size_t max_inflight = 0;  // requests to VirusTotal under way
    size_t max_queued = 0;    // indicators that wait for one of these
    size_t max_waiting = 0;   // waiters in all
    size_t max_polls = 0;     // queued items that are asked again
    size_t max_failures = 0;  // that are remembered
    size_t max_watches = 0;
    uint32_t max_retries = 0;
    absl::Duration wait_without_deadline = absl::ZeroDuration();
    // The longest wait for a turn, however late the deadline is.
    absl::Duration max_wait = absl::InfiniteDuration();
    std::function<double()> random = [] { return 0.5; };  // from 0 up to 1
    // Told of each fetch that failed. Loop only; may be empty.
    std::function<void(const absl::Status&)> on_failure = {};
    // Why the indicator must not be sent to VirusTotal now, as a message for
    // the caller; nothing when it may be sent. Called before each fetch, also
    // before retries and before fetches that nobody waits for. Loop only; may
    // be empty.
    std::function<std::optional<std::string>(const Indicator&)> withheld = {};
    // Told of each indicator that VirusTotal was asked about. Loop only; may be
    // empty.
    std::function<void(const Asked&)> on_asked = {};
  };

  // What has happened so far. Thread-safe to read.
  struct Counters {
    Counter fetches;       // asked at VirusTotal
    Counter coalesced;     // waiters that joined somebody else's fetch
    Counter stale_served;  // answered with an expired entry
    Counter refused;       // over a limit
    Counter out_of_turn;   // told at once that their turn comes too late
    Counter failed;        // fetches without a verdict
    Counter retries;       // fetches made again
    Counter polls;         // queued items asked again
    Counter refreshed;     // fetches ahead of expiry
  };

  // Borrows all but the options. The loop must be stopped before this dies.
  Resolver(Options options, const Clock& clock, Loop& loop, Cache& cache,
           Upstream& upstream);

  struct Request {
    WaiterId id;
    Miss miss;
    Done done;
  };

  // Reserves `count` ids and returns the first; the others follow it.
  WaiterId ReserveIds(size_t count) { return next_id_.fetch_add(count); }

  // Looks for answers that the wants accept; what must be read from disk is
  // read at once. Each `done` runs exactly once, on the loop: with the answer
  // (code -1 from SOURCE_LOCAL when Options::withheld has a reason by then),
  // with a failure (those of Upstream::Fetch; NotFound for kCacheOnly;
  // ResourceExhausted over a limit, or when the turn would come after the
  // deadline; Unavailable when draining), or with Cancelled after Cancel of its
  // id. Each id is used once. After the loop has been stopped, `done` is
  // destroyed unrun.
  void Resolve(std::vector<Request> requests);
  void Resolve(WaiterId id, Miss miss, Done done);

  // Has VirusTotal scan a URL, and keeps its answer unless a report is known.
  void Submit(WaiterId id, Indicator indicator, Want want, Done done);

  // Runs `on_verdict` for each verdict that VirusTotal gives from now on; a
  // status is the last, as after Cancel(id). Unwatch ends it without a word. An
  // item that is queued is asked again meanwhile. Loop only.
  void Watch(WaiterId id, const Indicator& indicator, const Answer& known,
             WatchList::OnVerdict on_verdict);
  void Unwatch(WaiterId id);

  // Asks for what is fresh but will soon expire, if quota is to spare.
  void RefreshAhead(Indicator indicator);

  // `count` ids from `first` on. No effect once the waiter's `done` has run.
  void Cancel(WaiterId first, size_t count = 1);

  // How long what comes from now on is kept and may be served stale. Loop only.
  void SetLifetimes(const v1::CacheConfig& config) { cache_config_ = config; }

  // What goes on now. Loop only.
  size_t waiting() const {
    return waiting_.size() + reading_.size() + held_.size();
  }
  size_t queued() const { return queue_.size(); }
  size_t inflight() const { return inflight_; }

  // Refuses new waiters with Unavailable, lets those that wait go on for
  // `grace`, then finishes them with Unavailable too; `drained` runs once, when
  // none is left. Loop only, once.
  void Drain(absl::Duration grace, Task drained);

  const Counters& counters() const { return counters_; }

 private:
  static Ask AskOf(const Indicator& indicator, const Want& want);

  // Looking once more at what is cached.
  struct Arrival {
    Indicator indicator;
    Ask ask;
    Waiter waiter;
    bool unread;
  };
  void Arrive(std::vector<Arrival> arrivals);
  void Read(std::vector<Arrival> arrivals);
  void OnRead(WaiterId id, const Indicator& indicator, Ask ask,
              std::optional<Cache::Found> found);
  void Judge(const Indicator& indicator, Ask ask, Waiter waiter,
             std::optional<Cache::Found> found);

  // Joining a flight.
  void Join(const Indicator& indicator, Ask ask, Waiter waiter,
            std::optional<Cache::Found> previous);
  void Take(Flight& flight, Waiter waiter);
  void RefuseWaiter(Waiter waiter, const absl::Status& why);
  void SetLimit(Waiter& waiter);
  void ServeStaleSoon(Flight& flight, Waiter& waiter);
  bool MayStandIn(const Flight& flight, const Want& want);
  void OnStaleTimer(WaiterId id);
  void OnLateTimer(WaiterId id);

  // Waiting for a turn.
  void Depart(Flight& flight);
  void Enqueue(Flight& flight, const absl::Status& why = absl::OkStatus());
  void RefuseTheLate(Flight& flight, size_t ahead,
                     const absl::Status& why = absl::OkStatus());
  void RefuseIfLate(Flight& flight, WaiterId id, size_t ahead);
  void DropIfUnpaid(Flight& flight);
  absl::Status RoomInQueue(const Flight& flight) const;
  absl::Status TakeShare(Flight& flight);
  bool CanFetchNow(Lane lane);
  void Dispatch();
  void DispatchAt(absl::Time when);

  // At VirusTotal and back.
  void Fetch(Flight& flight);
  bool EndIfWithheld(Flight& flight);
  std::optional<Answer> AnswerIfWithheld(const Indicator& indicator);
  void OnFetched(const Indicator& indicator, Ask ask,
                 absl::StatusOr<Upstream::Reply> reply);
  void TellAsked(const Flight& flight,
                 const absl::StatusOr<Upstream::Reply>& reply);
  void OnFailed(Flight& flight, const absl::Status& failure);
  bool RetryLater(Flight& flight, const absl::Status& failure);
  void OnBackoffEnds(const Indicator& indicator, Ask ask);
  void Land(Flight& landing, Upstream::Reply reply);
  void Fail(Flight& failing, const absl::Status& status);
  void FailWaiter(const Flight& flight, Waiter waiter,
                  const absl::Status& status);
  std::unique_ptr<Flight> Remove(Flight& flight);

  // Queued items.
  void PollAt(const Indicator& indicator, absl::Time when,
              PollList::Payer payer = {});
  void PollOrNot(const Flight& flight, const Entry& entry, bool not_yet);
  void OnPoll(const Indicator& indicator, const PollList::Payer& payer);
  void Hold(Waiter waiter, const Indicator& indicator, Answer answer);

  // Ending.
  void CancelNow(WaiterId id);
  void Settle(Waiter waiter, const Indicator& indicator, Answer answer);
  void Forget(const Waiter& waiter);
  void Finish(Waiter waiter, absl::StatusOr<Answer> answer);
  void FinishCached(Waiter waiter, const Indicator& indicator,
                    const Cache::Found& found);
  void EndDrainIfIdle();
  void FinishAll();
  // Nothing is under way that is worth waiting for, requests included whose
  // callers have left: they are paid for.
  bool idle() const {
    return waiting_.empty() && reading_.empty() && inflight_ == 0;
  }
  absl::Status Seat(Waiter& waiter);

  const Options options_;
  const Clock& clock_;
  Loop& loop_;
  Cache& cache_;
  Upstream& upstream_;
  std::atomic<WaiterId> next_id_{1};
  Counters counters_;

  // Loop only.
  v1::CacheConfig cache_config_;
  WaitingRoom room_;  // of all waiters
  ClientShares shares_;
  Flights flights_;
  absl::flat_hash_map<WaiterId, Flight*> waiting_;  // in its `waiters`
  absl::flat_hash_map<WaiterId, Waiter> reading_;   // for the disk to be read
  VerdictKeeper keeper_;
  PollList polls_;
  WatchList watches_;
  HeldAnswers held_;  // each stands in `watches_`, too
  FailureMemory failures_;
  RetryBudget retry_budget_;
  FlightQueue queue_;  // of those in kQueued
  size_t inflight_ = 0;
  std::optional<Loop::TimerId> dispatch_timer_;
  absl::Time dispatch_at_;  // of the timer
  bool draining_ = false;
  Task drained_;  // set while draining, until nobody waits
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_RESOLVER_H_
