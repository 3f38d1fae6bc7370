#include "server/misses/waiters.h"

#include <algorithm>
#include <utility>

#include "server/proto/times.h"
#include "server/verdicts/acceptance.h"

namespace vtlookup {
namespace {

// The part of a caller's time for which it may wait while a stale answer is at
// hand; the answer needs the rest to travel.
constexpr double kPatience = 0.8;

}  // namespace

Waiters::Waiters(Options options, const Clock& clock, Loop& loop, Cache& cache,
                 const v1::CacheConfig& config, MissCounters& counters,
                 OnLate on_late, OnEnd on_end)
    : options_(options),
      clock_(clock),
      loop_(loop),
      cache_(cache),
      config_(config),
      counters_(counters),
      on_late_(std::move(on_late)),
      on_end_(std::move(on_end)) {}

void Waiters::Join(Flight& flight, Waiter waiter) {
  SetLimit(waiter);
  ServeStaleSoon(flight, waiter);
  const WaiterId id = waiter.id;
  flights_.emplace(id, &flight);
  flight.waiters.emplace(id, std::move(waiter));
}

Flight* Waiters::FlightOf(WaiterId id) const {
  const auto found = flights_.find(id);
  return found == flights_.end() ? nullptr : found->second;
}

// The limit is the waiter's deadline, or an earlier time when the waiter has a
// timeout of its own, has no deadline, or has one that is more than max_wait
// away. Only the deadline needs no timer, because the call ends then.
void Waiters::SetLimit(Waiter& waiter) {
  const absl::Time now = clock_.Now();
  const absl::Time end = waiter.requester.end();
  const absl::Duration longest = end == absl::InfiniteFuture()
                                     ? options_.wait_without_deadline
                                     : options_.max_wait;
  waiter.limit = std::min(end, now + longest);
  if (waiter.limit == waiter.requester.deadline) return;
  waiter.late = loop_.After(std::max(waiter.limit - now, absl::ZeroDuration()),
                            [this, id = waiter.id] { OnLateTimer(id); });
}

void Waiters::ServeStaleSoon(const Flight& flight, Waiter& waiter) {
  const absl::Time now = clock_.Now();
  if (flight.previous == nullptr ||
      !AcceptsInstead(waiter.want, flight.previous->entry, now)) {
    return;
  }
  const absl::Duration patience =
      std::min(ToAbslDuration(config_.stale().client_wait()),
               (waiter.requester.end() - now) * kPatience);
  waiter.timer = loop_.After(std::max(patience, absl::ZeroDuration()),
                             [this, id = waiter.id] { OnStaleTimer(id); });
}

// The turn was expected in time but has not come, because other flights were
// more urgent or VirusTotal is slow.
void Waiters::OnLateTimer(WaiterId id) {
  Flight* const flight = FlightOf(id);
  if (flight == nullptr) return;
  flight->waiters.at(id).late.reset();
  if (flight->state == Flight::State::kQueued) on_late_(*flight, id);
}

void Waiters::OnStaleTimer(WaiterId id) {
  Flight* const flight = FlightOf(id);
  if (flight == nullptr) return;
  auto node = flight->waiters.extract(id);
  node.mapped().timer.reset();
  if (!MayStandIn(*flight, node.mapped().want)) {
    // The waiter waits on, because the entry has become too old meanwhile or an
    // operator has deleted it.
    flight->waiters.insert(std::move(node));
    return;
  }
  flight->keep = true;  // so that the next lookup finds a fresh entry
  Finish(std::move(node.mapped()),
         CachedAnswer(flight->indicator, *flight->previous, clock_.Now()));
}

bool Waiters::MayStandIn(const Flight& flight, const Want& want) const {
  if (flight.previous == nullptr) return false;
  const Cache::Peeked there = cache_.Peek(flight.indicator.key());
  return StillStandsIn(want, flight.previous->entry,
                       there.found.has_value() ? &there.found->entry : nullptr,
                       clock_.Now());
}

void Waiters::Forget(const Waiter& waiter) {
  if (waiter.timer.has_value()) loop_.CancelTimer(*waiter.timer);
  if (waiter.late.has_value()) loop_.CancelTimer(*waiter.late);
  flights_.erase(waiter.id);
}

void Waiters::Finish(Waiter waiter, absl::StatusOr<Answer> answer) {
  Forget(waiter);
  if (answer.ok() && answer->stale) counters_.stale_served.Add();
  std::move(waiter.done)(std::move(answer));
  on_end_();
}

void Waiters::Fail(const Flight& flight, Waiter waiter,
                   const absl::Status& failure) {
  if (!MayStandIn(flight, waiter.want)) {
    return Finish(std::move(waiter), failure);
  }
  Finish(std::move(waiter),
         CachedAnswer(flight.indicator, *flight.previous, clock_.Now()));
}

}  // namespace vtlookup
