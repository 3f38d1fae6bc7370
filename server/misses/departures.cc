#include "server/misses/departures.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/misses/refusals.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kLongestSleep = absl::Minutes(1);

constexpr Lane kLanes[] = {Lane::kInteractive, Lane::kBulk, Lane::kBackground};

// The earliest time at which a request can be made, and the failure for a
// waiter that cannot wait so long. If the quota has room now, a waiter can be
// late only because other flights go first; its failure is then TooSlow.
struct Earliest {
  absl::Time at;
  absl::Status why;
};

Earliest EarliestOf(const Upstream::Opening& opening, absl::Time now) {
  if (opening.why.ok()) return {now, TooSlow()};
  return {opening.at, opening.why};
}

}  // namespace

bool Departures::CanFetchNow(Lane lane) const {
  return inflight_ < options_.max_inflight && queue_.SizeUpTo(lane) == 0 &&
         upstream_.OpeningFor(lane, 0).why.ok();
}

absl::Status Departures::TakeShare(Flight& flight) {
  if (flight.share == 0 || flight.share_taken) return absl::OkStatus();
  absl::Status taken =
      shares_.Reserve(flight.client, flight.share, clock_.ReadMoment());
  flight.share_taken = taken.ok();
  return taken;
}

// Clients and lanes may have the same percentages of the queue as of the
// waiting room.
absl::Status Departures::RoomFor(const Flight& flight) const {
  const size_t most = options_.max_queued;
  const size_t of_lane =
      flight.lane == Lane::kInteractive
          ? most
          : WaitingRoom::PercentOf(most, WaitingRoom::kPercentOfBulk);
  const size_t of_client =
      WaitingRoom::PercentOf(most, WaitingRoom::kPercentOfClient);
  if (queue_.size() < of_lane && queue_.SizeOf(flight.client) < of_client) {
    return absl::OkStatus();
  }
  return TooManyWaiting(absl::StrCat(
      "refused: ", queue_.size(), " indicators wait for VirusTotal, ",
      queue_.SizeOf(flight.client),
      " of them for this client (limits.max_queued is ", most,
      "; one client may have half of it, and bulk lookups nine tenths)"));
}

void Departures::Enqueue(Flight& flight) {
  flight.state = Flight::State::kQueued;
  RefuseTheLate(flight, queue_.SizeUpTo(flight.lane));
  if (flight.waiters.empty() && !flight.keep) return flow_.Drop(flight);
  queue_.Push(flight.lane, flight.client, &flight);
  Dispatch();
}

void Departures::OnJoined(Flight& flight, WaiterId id, bool more_urgent) {
  if (flight.state != Flight::State::kQueued) return;
  if (more_urgent) queue_.Push(flight.lane, flight.client, &flight);
  // SizeUpTo counts this flight, too. Only the newcomer is checked: earlier
  // waiters were checked when they came, and checking all of them for each
  // newcomer would be quadratic.
  RefuseIfLate(flight, id, queue_.SizeUpTo(flight.lane) - 1);
  DropIfUnpaid(flight);
  if (more_urgent) Dispatch();
}

absl::Status Departures::WhyLate(const Flight& flight) const {
  return EarliestOf(upstream_.OpeningFor(flight.lane, 0), clock_.Now()).why;
}

void Departures::RefuseIfLate(Flight& flight, WaiterId id, size_t ahead) {
  const Earliest earliest =
      EarliestOf(upstream_.OpeningFor(flight.lane, ahead), clock_.Now());
  if (flight.waiters.at(id).limit >= earliest.at) return;
  auto node = flight.waiters.extract(id);
  flow_.RefuseLate(flight, std::move(node.mapped()), earliest.why);
}

// A waiter whose turn comes after its limit is refused now rather than at its
// limit, so that its caller can do something else meanwhile.
void Departures::RefuseTheLate(Flight& flight, size_t ahead) {
  const Earliest earliest =
      EarliestOf(upstream_.OpeningFor(flight.lane, ahead), clock_.Now());
  std::vector<Waiter> late;
  absl::erase_if(flight.waiters, [&](auto& item) {
    if (item.second.limit >= earliest.at) return false;
    late.push_back(std::move(item.second));
    return true;
  });
  for (Waiter& waiter : late) {
    flow_.RefuseLate(flight, std::move(waiter), earliest.why);
  }
}

void Departures::DropIfUnpaid(Flight& flight) {
  if (flight.state == Flight::State::kQueued && flight.waiters.empty() &&
      !flight.keep) {
    flow_.Drop(flight);
  }
}

void Departures::OnFetch(Flight& flight) {
  flight.state = Flight::State::kFetching;
  ++inflight_;
}

void Departures::OnFetched(Flight* flight, uint32_t requests) {
  --inflight_;
  if (flight == nullptr || flight->share == 0) return;
  if (flight->share_taken) shares_.Release(flight->client);
  flight->share_taken = false;
  shares_.Add(flight->client, requests, clock_.ReadMoment());
}

void Departures::Dispatch() {
  absl::Time next = absl::InfiniteFuture();
  for (const Lane lane : kLanes) {
    while (inflight_ < options_.max_inflight && queue_.size(lane) > 0) {
      const Upstream::Opening opening = upstream_.OpeningFor(lane, 0);
      if (!opening.why.ok()) {
        next = std::min(next, opening.at);
        break;
      }
      flow_.Leave(*queue_.Pop(lane));
    }
  }
  DispatchAt(next);
}

void Departures::DispatchAt(absl::Time when) {
  if (when == absl::InfiniteFuture()) return;
  if (timer_.has_value()) {
    if (timer_at_ <= when) return;
    loop_.CancelTimer(*timer_);
  }
  timer_at_ = when;
  // The timer runs after kLongestSleep at the latest, because a change of the
  // system clock does not move timers.
  const absl::Duration wait = std::min(when - clock_.Now(), kLongestSleep);
  timer_ = loop_.After(wait, [this] {
    timer_.reset();
    Dispatch();
  });
}

void Departures::Remove(const Flight& flight) {
  queue_.Remove(&flight);
  if (flight.share_taken) shares_.Release(flight.client);
}

}  // namespace vtlookup
