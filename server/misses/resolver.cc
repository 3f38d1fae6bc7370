#include "server/misses/resolver.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"
#include "server/misses/refusals.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(500);
constexpr uint32_t kMostDoublings = 6;
// Of the time that a caller has, how much it may wait while a stale answer is
// at hand; the rest is for the answer to travel.
constexpr double kPatience = 0.8;
// The same while a queued one is held back; less than a batch waits for its
// items.
constexpr double kHoldPatience = 0.85;
// How many times the pause after "queued" is waited after "not known", where
// both were said of one scan.
constexpr int kNotYet = 5;
// Lifetimes are varied, to up to this multiple of what is configured.
constexpr double kJitter = 1.1;
constexpr absl::Duration kLongestSleep = absl::Minutes(1);
// In a row, from VirusTotal, though we thought that there was room.
constexpr uint32_t kMostDenials = 3;

constexpr Lane kLanes[] = {Lane::kInteractive, Lane::kBulk, Lane::kBackground};

// What failures are remembered by.
std::string QuestionOf(const Flight& flight) {
  return absl::StrCat(flight.ask == Ask::kSubmit ? "submit " : "report ",
                      flight.indicator.key());
}

}  // namespace

Resolver::Resolver(Options options, const Clock& clock, Loop& loop,
                   Cache& cache, Upstream& upstream)
    : options_(std::move(options)),
      clock_(clock),
      loop_(loop),
      cache_(cache),
      upstream_(upstream),
      cache_config_(options_.cache),
      room_(options_.max_waiting),
      keeper_(cache_config_, cache),
      polls_(options_.max_polls, clock, loop,
             [this](const Indicator& indicator, const PollList::Payer& payer) {
               OnPoll(indicator, payer);
             }),
      held_(loop, watches_),
      failures_(options_.max_failures) {}

Ask Resolver::AskOf(const Indicator& indicator, const Want& want) {
  return indicator.kind() == Kind::kUrl && want.submit_missing
             ? Ask::kReportOrSubmit
             : Ask::kReport;
}

// --- The public face -------------------------------------------------------

void Resolver::Resolve(std::vector<Request> requests) {
  std::vector<Arrival> arrivals;
  arrivals.reserve(requests.size());
  for (Request& request : requests) {
    Miss& miss = request.miss;
    const Ask ask = AskOf(miss.indicator, miss.want);
    arrivals.push_back(
        {std::move(miss.indicator), ask,
         Waiter{request.id, std::move(miss.want), std::move(request.done)},
         miss.unread});
  }
  loop_.Post([this, arrivals = std::move(arrivals)]() mutable {
    Arrive(std::move(arrivals));
  });
}

void Resolver::Resolve(WaiterId id, Miss miss, Done done) {
  std::vector<Request> one;
  one.push_back({id, std::move(miss), std::move(done)});
  Resolve(std::move(one));
}

void Resolver::Submit(WaiterId id, Indicator indicator, Want want, Done done) {
  want.mode = Want::Mode::kRefresh;
  std::vector<Arrival> one;
  one.push_back({std::move(indicator), Ask::kSubmit,
                 Waiter{id, std::move(want), std::move(done)}, false});
  loop_.Post(
      [this, one = std::move(one)]() mutable { Arrive(std::move(one)); });
}

void Resolver::Watch(WaiterId id, const Indicator& indicator,
                     const Answer& known, WatchList::OnVerdict on_verdict) {
  if (draining_) return on_verdict(ShuttingDown());
  // Held lookups stand in the list, too, within a bound of their own.
  if (watches_.size() - held_.size() >= options_.max_watches) {
    counters_.refused.Add();
    return on_verdict(TooManyWaiting("too many lookups are watched"));
  }
  watches_.Add(id, indicator.key(), std::move(on_verdict));
  if (CodeOf(known.entry) == ResponseCode::kQueued)
    PollAt(indicator, known.entry.fresh_until);
}

void Resolver::Unwatch(WaiterId id) { watches_.Remove(id); }

void Resolver::RefreshAhead(Indicator indicator) {
  loop_.Post([this, indicator = std::move(indicator)]() mutable {
    if (draining_ || flights_.Find(indicator, Ask::kReport) != nullptr ||
        !CanFetchNow(Lane::kBackground) ||
        AnswerIfWithheld(indicator).has_value()) {
      return;
    }
    counters_.refreshed.Add();
    Cache::Peeked peeked = cache_.Peek(indicator.key());
    Depart(flights_.Add({.indicator = std::move(indicator),
                         .ask = Ask::kReport,
                         .lane = Lane::kBackground,
                         .keep = true,
                         .previous = PreviousOf(std::move(peeked.found))}));
  });
}

void Resolver::Cancel(WaiterId first, size_t count) {
  loop_.Post([this, first, count] {
    for (size_t i = 0; i < count; ++i) CancelNow(first + i);
  });
}

void Resolver::CancelNow(WaiterId id) {
  const absl::Status cancelled = absl::CancelledError("the caller has left");
  if (held_.End(id, cancelled) || watches_.End(id, cancelled)) return;
  if (auto reader = reading_.extract(id); !reader.empty()) {
    return Finish(std::move(reader.mapped()), cancelled);
  }
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  Flight& flight = *found->second;
  auto node = flight.waiters.extract(id);
  DropIfUnpaid(flight);
  Finish(std::move(node.mapped()), cancelled);
}

// Nobody waits for it, and nothing was paid.
void Resolver::DropIfUnpaid(Flight& flight) {
  if (flight.state == Flight::State::kQueued && flight.waiters.empty() &&
      !flight.keep) {
    Remove(flight);
  }
}

void Resolver::Drain(absl::Duration grace, Task drained) {
  draining_ = true;
  // These would not end by themselves; who holds a queued verdict back sends
  // that.
  watches_.EndAll(ShuttingDown());
  polls_.Close();
  if (idle()) return std::move(drained)();
  drained_ = std::move(drained);
  loop_.After(grace, [this] { FinishAll(); });
}

// --- Looking once more at what is cached -----------------------------------

void Resolver::Arrive(std::vector<Arrival> arrivals) {
  std::vector<Arrival> unread;
  for (Arrival& arrival : arrivals) {
    if (draining_) {
      Finish(std::move(arrival.waiter), ShuttingDown());
      continue;
    }
    std::optional<Cache::Found> found;
    if (!arrival.unread) {
      Cache::Peeked peeked = cache_.Peek(arrival.indicator.key());
      arrival.unread = peeked.state == Cache::State::kUnknown;
      found = std::move(peeked.found);
    }
    if (arrival.unread) {
      unread.push_back(std::move(arrival));
    } else {
      Judge(arrival.indicator, arrival.ask, std::move(arrival.waiter),
            std::move(found));
    }
  }
  if (!unread.empty()) Read(std::move(unread));
}

void Resolver::Read(std::vector<Arrival> arrivals) {
  struct Reader {
    WaiterId id;
    Indicator indicator;
    Ask ask;
  };
  std::vector<Reader> readers;
  std::vector<std::string> keys;
  for (Arrival& arrival : arrivals) {
    if (absl::Status status = Seat(arrival.waiter); !status.ok()) {
      RefuseWaiter(std::move(arrival.waiter), status);
      continue;
    }
    const WaiterId id = arrival.waiter.id;
    reading_.emplace(id, std::move(arrival.waiter));
    keys.push_back(arrival.indicator.key());
    readers.push_back({id, std::move(arrival.indicator), arrival.ask});
  }
  if (keys.empty()) return;
  // The cache may run this when the resolver is gone; the loop is not then.
  cache_.Read(
      std::move(keys),
      [this, &loop = loop_, readers = std::move(readers)](auto all) mutable {
        loop.Post([this, readers = std::move(readers),
                   all = std::move(all)]() mutable {
          for (size_t i = 0; i < readers.size(); ++i) {
            OnRead(readers[i].id, readers[i].indicator, readers[i].ask,
                   std::move(all[i]));
          }
        });
      });
}

void Resolver::OnRead(WaiterId id, const Indicator& indicator, Ask ask,
                      std::optional<Cache::Found> found) {
  auto node = reading_.extract(id);
  if (node.empty()) return;  // has left
  // Somebody else's answer may have landed meanwhile.
  Cache::Peeked there = cache_.Peek(indicator.key());
  if (there.found.has_value() &&
      (!found.has_value() ||
       IsNewer(there.found->entry, found->entry, clock_.Now()))) {
    found = std::move(there.found);
  }
  Judge(indicator, ask, std::move(node.mapped()), std::move(found));
}

// Whether what is cached will do; if not, VirusTotal is asked.
void Resolver::Judge(const Indicator& indicator, Ask ask, Waiter waiter,
                     std::optional<Cache::Found> found) {
  const absl::Time now = clock_.Now();
  if (waiter.want.mode == Want::Mode::kCacheOnly) {
    if (found.has_value() && AcceptsInstead(waiter.want, found->entry, now)) {
      return FinishCached(std::move(waiter), indicator, *found);
    }
    return Finish(std::move(waiter), NotCached());
  }
  if (found.has_value() && Accepts(waiter.want, indicator, found->entry, now)) {
    return Settle(std::move(waiter), indicator,
                  CachedAnswer(indicator, *found, now));
  }
  Join(indicator, ask, std::move(waiter), std::move(found));
}

// --- Joining a flight ------------------------------------------------------

// `previous`: what is cached, and does not do.
void Resolver::Join(const Indicator& indicator, Ask ask, Waiter waiter,
                    std::optional<Cache::Found> previous) {
  if (absl::Status status = Seat(waiter); !status.ok()) {
    return RefuseWaiter(std::move(waiter), status);
  }
  SetLimit(waiter);
  if (Flight* const flying = flights_.Find(indicator, ask)) {
    counters_.coalesced.Add();
    // Too late for one that has left; its answer may still do.
    if (flying->state != Flight::State::kFetching &&
        ask == Ask::kReportOrSubmit) {
      flying->ask = ask;
    }
    // Who has no share to keep to pays for those who do.
    if (waiter.want.requests_per_day == 0) flying->share = 0;
    return Take(*flying, std::move(waiter));
  }
  Flight& flight = flights_.Add({.indicator = indicator,
                                 .ask = ask,
                                 .lane = waiter.want.lane,
                                 .share = waiter.want.requests_per_day,
                                 .client = waiter.want.client,
                                 .trace = waiter.want.trace,
                                 .previous = PreviousOf(std::move(previous))});
  Take(flight, std::move(waiter));
  Depart(flight);
}

void Resolver::RefuseWaiter(Waiter waiter, const absl::Status& why) {
  counters_.refused.Add();
  Finish(std::move(waiter), why);
}

// Gives the waiter a place in the waiting room, unless it has one.
absl::Status Resolver::Seat(Waiter& waiter) {
  if (waiter.seat.taken()) return absl::OkStatus();
  return room_.Enter(waiter.want.client, waiter.want.lane, &waiter.seat);
}

// Sets until when the waiter waits for its turn: its deadline, or earlier when
// it has none or one that is more than max_wait away.
void Resolver::SetLimit(Waiter& waiter) {
  const absl::Time now = clock_.Now();
  const bool none = waiter.want.deadline == absl::InfiniteFuture();
  const absl::Duration longest =
      none ? options_.wait_without_deadline : options_.max_wait;
  waiter.limit = std::min(waiter.want.deadline, now + longest);
  if (waiter.limit == waiter.want.deadline) return;
  waiter.late =
      loop_.After(longest, [this, id = waiter.id] { OnLateTimer(id); });
}

void Resolver::Take(Flight& flight, Waiter waiter) {
  const bool more_urgent = waiter.want.lane < flight.lane;
  if (more_urgent) flight.lane = waiter.want.lane;
  const WaiterId id = waiter.id;
  waiting_.emplace(id, &flight);
  Waiter& taken = flight.waiters.emplace(id, std::move(waiter)).first->second;
  ServeStaleSoon(flight, taken);
  if (flight.state != Flight::State::kQueued) return;
  if (more_urgent) queue_.Push(flight.lane, flight.client, &flight);
  // SizeUpTo counts this flight, too. Only the newcomer is judged: earlier
  // waiters were judged when they came, and looking at all of them each time
  // would be quadratic.
  RefuseIfLate(flight, id, queue_.SizeUpTo(flight.lane) - 1);
  DropIfUnpaid(flight);
  if (more_urgent) Dispatch();
}

// Whoever has an expired answer at hand does not wait long for a fresh one.
void Resolver::ServeStaleSoon(Flight& flight, Waiter& waiter) {
  const absl::Time now = clock_.Now();
  if (flight.previous == nullptr ||
      !AcceptsInstead(waiter.want, flight.previous->entry, now)) {
    return;
  }
  const absl::Duration patience =
      std::min(ToAbslDuration(cache_config_.stale().client_wait()),
               (waiter.want.deadline - now) * kPatience);
  waiter.timer = loop_.After(std::max(patience, absl::ZeroDuration()),
                             [this, id = waiter.id] { OnStaleTimer(id); });
}

// The turn was foretold in time, but has not come: others were quicker, or
// VirusTotal is slow.
void Resolver::OnLateTimer(WaiterId id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  Flight& flight = *found->second;
  flight.waiters.at(id).late.reset();
  if (flight.state != Flight::State::kQueued) return;
  const Upstream::Opening opening = upstream_.OpeningFor(flight.lane, 0);
  auto node = flight.waiters.extract(id);
  counters_.out_of_turn.Add();
  FailWaiter(flight, std::move(node.mapped()),
             opening.why.ok() ? TooSlow() : opening.why);
  DropIfUnpaid(flight);
}

void Resolver::OnStaleTimer(WaiterId id) {
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return;
  Flight& flight = *found->second;
  auto node = flight.waiters.extract(id);
  Waiter waiter = std::move(node.mapped());
  waiter.timer.reset();
  if (!MayStandIn(flight, waiter.want)) {
    // It has grown too old meanwhile, or an operator has deleted it; there is
    // nothing but to wait on.
    flight.waiters.emplace(id, std::move(waiter));
    return;
  }
  flight.keep = true;  // for the next who asks
  FinishCached(std::move(waiter), flight.indicator, *flight.previous);
}

// Whether what was cached when the flight began will do for now.
bool Resolver::MayStandIn(const Flight& flight, const Want& want) {
  const absl::Time now = clock_.Now();
  if (flight.previous == nullptr ||
      !AcceptsInstead(want, flight.previous->entry, now)) {
    return false;
  }
  const Cache::Peeked there = cache_.Peek(flight.indicator.key());
  return !there.found.has_value() ||
         FreshnessAt(there.found->entry, now) != Freshness::kGone;
}

// --- Waiting for a turn ----------------------------------------------------

// To VirusTotal, or into the queue. May end the flight.
void Resolver::Depart(Flight& flight) {
  if (EndIfWithheld(flight)) return;
  const std::optional<absl::Status> failure =
      failures_.Find(QuestionOf(flight), clock_.Uptime());
  if (failure.has_value()) return Fail(flight, *failure);
  if (absl::Status share = TakeShare(flight); !share.ok()) {
    return Fail(flight, share);
  }
  if (CanFetchNow(flight.lane)) return Fetch(flight);
  if (absl::Status status = RoomInQueue(flight); !status.ok()) {
    counters_.refused.Add();
    return Fail(flight, status);
  }
  Enqueue(flight);
}

// OK when the queue has room for the flight. Clients and lanes have the same
// parts of it as of the waiting room.
absl::Status Resolver::RoomInQueue(const Flight& flight) const {
  const size_t most = options_.max_queued;
  const size_t of_lane = flight.lane == Lane::kInteractive
                             ? most
                             : most * WaitingRoom::kPercentOfBulk / 100;
  const size_t of_client = most * WaitingRoom::kPercentOfClient / 100;
  if (queue_.size() < std::max<size_t>(of_lane, 1) &&
      queue_.SizeOf(flight.client) < std::max<size_t>(of_client, 1)) {
    return absl::OkStatus();
  }
  return TooManyWaiting(
      absl::StrCat(queue_.size(), " indicators wait for VirusTotal, ",
                   queue_.SizeOf(flight.client),
                   " of them this client's (limits.max_queued is ", most, ")"));
}

// Until it is fetched or removed; a request that is made again costs again.
absl::Status Resolver::TakeShare(Flight& flight) {
  if (flight.share == 0 || flight.share_taken) return absl::OkStatus();
  absl::Status taken =
      shares_.Take(flight.client, flight.share, clock_.ReadMoment());
  flight.share_taken = taken.ok();
  return taken;
}

bool Resolver::CanFetchNow(Lane lane) {
  return inflight_ < options_.max_inflight && queue_.SizeUpTo(lane) == 0 &&
         upstream_.OpeningFor(lane, 0).why.ok();
}

// `why` it must wait, where that is known better than from the quota.
void Resolver::Enqueue(Flight& flight, const absl::Status& why) {
  flight.state = Flight::State::kQueued;
  RefuseTheLate(flight, queue_.SizeUpTo(flight.lane), why);
  if (flight.waiters.empty() && !flight.keep) {
    Remove(flight);
    return;
  }
  queue_.Push(flight.lane, flight.client, &flight);
  Dispatch();
}

// Refuses the newcomer `id` if its turn comes after its limit.
void Resolver::RefuseIfLate(Flight& flight, WaiterId id, size_t ahead) {
  const Upstream::Opening opening = upstream_.OpeningFor(flight.lane, ahead);
  const bool room = opening.why.ok();
  const absl::Time earliest = room ? clock_.Now() : opening.at;
  if (flight.waiters.at(id).limit >= earliest) return;
  auto node = flight.waiters.extract(id);
  counters_.out_of_turn.Add();
  FailWaiter(flight, std::move(node.mapped()), room ? TooSlow() : opening.why);
}

// Whoever cannot be served before its deadline is told now, not then.
void Resolver::RefuseTheLate(Flight& flight, size_t ahead,
                             const absl::Status& why) {
  const Upstream::Opening opening = upstream_.OpeningFor(flight.lane, ahead);
  // With room there may still be others before it, for ever.
  const bool room = opening.why.ok();
  const absl::Time earliest = room ? clock_.Now() : opening.at;
  const absl::Status told = room ? TooSlow() : (why.ok() ? opening.why : why);
  std::vector<Waiter> late;
  absl::erase_if(flight.waiters, [&](auto& item) {
    if (item.second.limit >= earliest) return false;
    late.push_back(std::move(item.second));
    return true;
  });
  for (Waiter& waiter : late) {
    counters_.out_of_turn.Add();
    FailWaiter(flight, std::move(waiter), told);
  }
}

// Fetches what may be fetched, and sets a timer for what may be later.
void Resolver::Dispatch() {
  absl::Time next = absl::InfiniteFuture();
  for (const Lane lane : kLanes) {
    while (inflight_ < options_.max_inflight && queue_.size(lane) > 0) {
      const Upstream::Opening opening = upstream_.OpeningFor(lane, 0);
      if (!opening.why.ok()) {
        next = std::min(next, opening.at);
        break;
      }
      Flight& flight = *queue_.Pop(lane);
      if (!EndIfWithheld(flight)) Fetch(flight);
    }
  }
  DispatchAt(next);
}

void Resolver::DispatchAt(absl::Time when) {
  if (when == absl::InfiniteFuture()) return;
  if (dispatch_timer_.has_value()) {
    if (dispatch_at_ <= when) return;
    loop_.CancelTimer(*dispatch_timer_);
  }
  dispatch_at_ = when;
  // Checked again every kLongestSleep at least: setting the clock moves no
  // timer.
  const absl::Duration wait = std::min(when - clock_.Now(), kLongestSleep);
  dispatch_timer_ = loop_.After(wait, [this] {
    dispatch_timer_.reset();
    Dispatch();
  });
}

// --- At VirusTotal and back ------------------------------------------------

void Resolver::Fetch(Flight& flight) {
  flight.state = Flight::State::kFetching;
  flight.share_taken = false;  // spent
  ++inflight_;
  counters_.fetches.Add();
  upstream_.Fetch(flight.indicator, flight.ask, flight.lane,
                  [this, indicator = flight.indicator,
                   ask = flight.ask](absl::StatusOr<Upstream::Reply> reply) {
                    OnFetched(indicator, ask, std::move(reply));
                  });
}

// Ends the flight and returns true when the privacy rules forbid it by now. Its
// waiters get the answer that the gate gives to a new lookup.
bool Resolver::EndIfWithheld(Flight& flight) {
  const std::optional<Answer> answer = AnswerIfWithheld(flight.indicator);
  if (!answer.has_value()) return false;
  const std::unique_ptr<Flight> ended = Remove(flight);
  for (auto& [id, waiter] : ended->waiters) Finish(std::move(waiter), *answer);
  return true;
}

// The answer when the privacy rules withhold the indicator by now. It is then
// no longer polled, and its watchers get the answer, too.
std::optional<Answer> Resolver::AnswerIfWithheld(const Indicator& indicator) {
  if (!options_.withheld) return std::nullopt;
  const std::optional<std::string> why = options_.withheld(indicator);
  if (!why.has_value()) return std::nullopt;
  polls_.Remove(indicator.key());
  Answer answer = UnusableAnswer(indicator.kind(), indicator.text(), *why);
  watches_.Tell(indicator.key(), answer);
  return answer;
}

void Resolver::OnFetched(const Indicator& indicator, Ask ask,
                         absl::StatusOr<Upstream::Reply> reply) {
  --inflight_;
  if (Flight* const flight = flights_.Find(indicator, ask)) {
    TellAsked(*flight, reply);
    if (reply.ok()) {
      Land(*flight, *std::move(reply));
    } else {
      OnFailed(*flight, reply.status());
    }
  }  // else all were sent away
  Dispatch();
  EndDrainIfIdle();
}

void Resolver::TellAsked(const Flight& flight,
                         const absl::StatusOr<Upstream::Reply>& reply) {
  if (!options_.on_asked) return;
  options_.on_asked(
      {.indicator = flight.indicator,
       .ask = flight.ask,
       .client = flight.client,
       .trace = flight.trace,
       .outcome = reply.status(),
       .response_code = reply.ok()
                            ? ResponseCodeOf(reply->verdict->response_code())
                                  .value_or(ResponseCode::kMissing)
                            : ResponseCode::kMissing});
}

void Resolver::OnFailed(Flight& flight, const absl::Status& failure) {
  if (options_.on_failure) options_.on_failure(failure);
  // No room, after all: back into the queue, for those who can wait.
  if (absl::IsResourceExhausted(failure) && ++flight.denials < kMostDenials &&
      !flight.waiters.empty() && !draining_) {
    return Enqueue(flight, failure);
  }
  if (RetryLater(flight, failure)) return;
  counters_.failed.Add();
  const Failure what = FailureOf(failure);
  if (absl::IsUnavailable(failure) && what.reason != reasons::kLeftAlone) {
    failures_.Note(QuestionOf(flight), failure, clock_.Uptime());
  }
  Fail(flight, failure);
}

bool Resolver::RetryLater(Flight& flight, const absl::Status& failure) {
  if (!FailureOf(failure).outage || flight.retries >= options_.max_retries ||
      draining_) {
    return false;
  }
  const absl::Duration pause = kFirstBackoff *
                               (1 << std::min(flight.retries, kMostDoublings)) *
                               (0.5 + options_.random());
  const absl::Time then = clock_.Now() + pause;
  const bool worth_it = std::any_of(
      flight.waiters.begin(), flight.waiters.end(),
      [then](const auto& item) { return item.second.limit > then; });
  if (!worth_it || !retry_budget_.Spend()) return false;
  ++flight.retries;
  counters_.retries.Add();
  flight.state = Flight::State::kBackoff;
  loop_.After(pause, [this, indicator = flight.indicator, ask = flight.ask] {
    OnBackoffEnds(indicator, ask);
  });
  return true;
}

void Resolver::OnBackoffEnds(const Indicator& indicator, Ask ask) {
  Flight* const flight = flights_.Find(indicator, ask);
  if (flight == nullptr || flight->state != Flight::State::kBackoff) return;
  if (flight->waiters.empty() && !flight->keep) {
    Remove(*flight);
  } else {
    Depart(*flight);
  }
}

void Resolver::Land(Flight& landing, Upstream::Reply reply) {
  if (!reply.missing.ok() && options_.on_failure) {
    options_.on_failure(reply.missing);
  }
  const std::unique_ptr<Flight> flight = Remove(landing);
  retry_budget_.OnSuccess();
  failures_.Forget(QuestionOf(*flight));
  const std::string& cache_key = flight->indicator.key();
  const absl::Time now = clock_.Now();
  const VerdictKeeper::Kept kept =
      keeper_.Keep(flight->indicator, flight->ask, std::move(reply),
                   flight->previous.get(), polls_.Has(cache_key), now);
  const Answer answer{.kind = flight->indicator.kind(),
                      .indicator = std::string(flight->indicator.text()),
                      .entry = kept.entry,
                      .source = v1::SOURCE_VIRUSTOTAL};
  // "Not known" while a scan is queued: it is not known yet.
  const bool not_yet =
      CodeOf(kept.entry) == ResponseCode::kMissing && !kept.stored;
  PollOrNot(*flight, kept.entry, not_yet);
  for (auto& [id, waiter] : flight->waiters) {
    // It came when the request was made without a scan, and there is no report.
    if (flight->ask == Ask::kReport &&
        CodeOf(kept.entry) == ResponseCode::kMissing &&
        AskOf(flight->indicator, waiter.want) == Ask::kReportOrSubmit) {
      Forget(waiter);
      Judge(flight->indicator, Ask::kReportOrSubmit, std::move(waiter),
            cache_.Peek(cache_key).found);
    } else {
      Settle(std::move(waiter), flight->indicator, answer);
    }
  }
  if (not_yet) return;
  watches_.Tell(cache_key, answer);
  for (const Indicator& alias : kept.aliases) {
    Answer named = answer;
    named.indicator = std::string(alias.text());
    watches_.Tell(alias.key(), named);
  }
}

// Whether the item is asked again by itself, and when.
void Resolver::PollOrNot(const Flight& flight, const Entry& entry,
                         bool not_yet) {
  const std::string& key = flight.indicator.key();
  const PollList::Payer payer{.client = flight.client, .share = flight.share};
  if (not_yet) {
    return PollAt(
        flight.indicator,
        entry.stored + ToAbslDuration(cache_config_.ttl().queued()) * kNotYet,
        payer);
  }
  if (CodeOf(entry) != ResponseCode::kQueued) return polls_.Remove(key);
  // Somebody has asked: the final verdict will be there for the next.
  if (polls_.Has(key) || flight.ask != Ask::kReport ||
      !flight.waiters.empty()) {
    PollAt(flight.indicator, entry.fresh_until, payer);
  }
}

// A failure is told to those who wait now; it never becomes an answer.
void Resolver::Fail(Flight& failing, const absl::Status& status) {
  const std::unique_ptr<Flight> flight = Remove(failing);
  if (polls_.Has(flight->indicator.key())) {
    // Soon, where somebody waits for it.
    const auto& ttl = cache_config_.ttl();
    const bool awaited = watches_.Any(flight->indicator.key());
    PollAt(flight->indicator,
           clock_.Now() +
               ToAbslDuration(awaited ? ttl.queued() : ttl.queued_max()));
  }
  for (auto& [id, waiter] : flight->waiters) {
    FailWaiter(*flight, std::move(waiter), status);
  }
}

// With what may stand in for an answer, else with the failure.
void Resolver::FailWaiter(const Flight& flight, Waiter waiter,
                          const absl::Status& status) {
  if (!MayStandIn(flight, waiter.want)) {
    return Finish(std::move(waiter), status);
  }
  FinishCached(std::move(waiter), flight.indicator, *flight.previous);
}

void Resolver::FinishCached(Waiter waiter, const Indicator& indicator,
                            const Cache::Found& found) {
  Answer answer = CachedAnswer(indicator, found, clock_.Now());
  if (answer.stale) counters_.stale_served.Add();
  Finish(std::move(waiter), std::move(answer));
}

std::unique_ptr<Flight> Resolver::Remove(Flight& flight) {
  queue_.Remove(&flight);
  if (flight.share_taken) shares_.GiveBack(flight.client);
  return flights_.Remove(flight);
}

// --- Queued items ----------------------------------------------------------

// Has the item polled at `when`. A time that is further away than any that we
// choose comes from a wrong clock, and is cut. `payer` counts only for an item
// that is not polled yet.
void Resolver::PollAt(const Indicator& indicator, absl::Time when,
                      PollList::Payer payer) {
  const absl::Time latest =
      clock_.Now() +
      ToAbslDuration(cache_config_.ttl().queued_max()) * kNotYet * kJitter;
  if (!polls_.Put(indicator, std::min(when, latest), std::move(payer))) {
    counters_.refused.Add();
  }
}

// Asks VirusTotal, never the cache: in the bulk lane if somebody watches the
// item, else in the background lane.
void Resolver::OnPoll(const Indicator& indicator,
                      const PollList::Payer& payer) {
  if (AnswerIfWithheld(indicator).has_value()) return;
  const std::string& key = indicator.key();
  const Lane lane = watches_.Any(key) ? Lane::kBulk : Lane::kBackground;
  const absl::Time later =
      clock_.Now() + ToAbslDuration(cache_config_.ttl().queued_max());
  if (flights_.Find(indicator, Ask::kReport) != nullptr ||
      (lane == Lane::kBackground && !CanFetchNow(lane))) {
    return PollAt(indicator, later);
  }
  // The item stays in the list, in case this fetch ends without an answer. The
  // request counts as one of the payer's for the day; when none is left, the
  // item waits.
  PollAt(indicator, later);
  counters_.polls.Add();
  Depart(flights_.Add({.indicator = indicator,
                       .ask = Ask::kReport,
                       .lane = lane,
                       .keep = true,
                       .share = payer.share,
                       .client = payer.client,
                       .previous = PreviousOf(cache_.Peek(key).found)}));
}

void Resolver::Hold(Waiter waiter, const Indicator& indicator, Answer answer) {
  const absl::Time now = clock_.Now();
  // So that the answer is on its way before the caller gives up.
  const absl::Duration left = (waiter.want.deadline - now) * kHoldPatience;
  const absl::Duration patience = std::max(
      std::min(waiter.want.wait_for_final, left), absl::ZeroDuration());
  const absl::Time poll_at = answer.entry.fresh_until;
  PollList::Payer payer{.client = waiter.want.client,
                        .share = waiter.want.requests_per_day};
  held_.Hold(waiter.id, indicator.key(), std::move(answer), patience,
             [seat = std::move(waiter.seat), done = std::move(waiter.done)](
                 absl::StatusOr<Answer> final) mutable {
               std::move(done)(std::move(final));
             });
  PollAt(indicator, poll_at, std::move(payer));
}

// --- Ending ----------------------------------------------------------------

// An answer for the waiter, unless it would rather wait for a better one.
void Resolver::Settle(Waiter waiter, const Indicator& indicator,
                      Answer answer) {
  if (waiter.want.wait_for_final > absl::ZeroDuration() && !draining_ &&
      CodeOf(answer.entry) == ResponseCode::kQueued && Seat(waiter).ok()) {
    Forget(waiter);
    return Hold(std::move(waiter), indicator, std::move(answer));
  }
  Finish(std::move(waiter), std::move(answer));
}

// It waits for no flight any more.
void Resolver::Forget(const Waiter& waiter) {
  if (waiter.timer.has_value()) loop_.CancelTimer(*waiter.timer);
  if (waiter.late.has_value()) loop_.CancelTimer(*waiter.late);
  waiting_.erase(waiter.id);
}

// The one place where a waiter ends, but for those that are held.
void Resolver::Finish(Waiter waiter, absl::StatusOr<Answer> answer) {
  Forget(waiter);
  std::move(waiter.done)(std::move(answer));
  EndDrainIfIdle();
}

void Resolver::EndDrainIfIdle() {
  if (drained_ != nullptr && idle()) {
    std::move(std::exchange(drained_, nullptr))();
  }
}

void Resolver::FinishAll() {
  queue_.Clear();
  for (const auto& flight : flights_.RemoveAll()) {
    for (auto& [id, waiter] : flight->waiters) {
      Finish(std::move(waiter), ShuttingDown());
    }
  }
  auto reading = std::exchange(reading_, {});
  for (auto& [id, waiter] : reading) Finish(std::move(waiter), ShuttingDown());
  // Requests that are still under way have had their time.
  if (drained_ != nullptr) std::move(std::exchange(drained_, nullptr))();
}

}  // namespace vtlookup
