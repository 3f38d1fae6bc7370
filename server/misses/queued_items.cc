#include "server/misses/queued_items.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/response_code.h"
#include "server/misses/refusals.h"
#include "server/proto/times.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

// The part of a caller's time for which a queued answer may be held back; the
// answer needs the rest to travel. It is shorter than the time for which a
// batch waits for its items, so that the batch gets the queued answer.
constexpr double kHoldPatience = 0.85;
// When VirusTotal does not know an item whose scan is queued, the pause before
// the next poll is this many times the pause after a queued verdict.
constexpr int kNotYet = 5;
// TtlPolicy varies lifetimes, to at most this multiple of the configured one.
constexpr double kJitter = 1.1;

}  // namespace

QueuedItems::QueuedItems(Options options, const Clock& clock, Loop& loop,
                         const v1::CacheConfig& config, MissCounters& counters,
                         AskAgain ask_again)
    : options_(options),
      clock_(clock),
      config_(config),
      counters_(counters),
      ask_again_(std::move(ask_again)),
      polls_(options.max_polls, clock, loop,
             [this](const Indicator& indicator, const PollList::Payer& payer) {
               OnDue(indicator, payer);
             }),
      held_(loop, watches_) {}

void QueuedItems::Watch(WatchList::Id id, const Indicator& indicator,
                        const Answer& known, WatchList::OnVerdict on_verdict) {
  // The watchers of held answers do not count, because the waiting room bounds
  // them.
  if (watches_.size() - held_.size() >= options_.max_watches) {
    counters_.refused.Add();
    return on_verdict(TooManyWaiting(
        absl::StrCat("refused: ", options_.max_watches,
                     " lookups are watched (limits.max_watches is ",
                     options_.max_watches, "); try again later")));
  }
  watches_.Add(id, indicator.key(), std::move(on_verdict));
  if (CodeOf(known.entry) == ResponseCode::kQueued) {
    PollQueued(indicator, known.entry, {});
  }
}

void QueuedItems::Hold(Waiter waiter, const Indicator& indicator,
                       Answer answer) {
  const absl::Time now = clock_.Now();
  const absl::Duration left = (waiter.requester.end() - now) * kHoldPatience;
  const absl::Duration patience = std::max(
      std::min(waiter.want.wait_for_final, left), absl::ZeroDuration());
  const Entry queued = answer.entry;
  PollList::Payer payer{.client = waiter.requester.client,
                        .share = waiter.requester.requests_per_day};
  held_.Hold(waiter.id, indicator.key(), std::move(answer), patience,
             [seat = std::move(waiter.seat), done = std::move(waiter.done)](
                 absl::StatusOr<Answer> final) mutable {
               std::move(done)(std::move(final));
             });
  PollQueued(indicator, queued, std::move(payer));
}

bool QueuedItems::Cancel(WatchList::Id id, const absl::Status& status) {
  return held_.End(id, status) || watches_.End(id, status);
}

void QueuedItems::OnLanded(const Flight& flight, const Entry& entry,
                           bool not_yet) {
  const std::string& key = flight.indicator.key();
  const PollList::Payer payer{.client = flight.client, .share = flight.share};
  if (not_yet) {
    return PollAt(
        flight.indicator,
        entry.stored + ToAbslDuration(config_.ttl().queued()) * kNotYet, payer);
  }
  if (CodeOf(entry) != ResponseCode::kQueued) return polls_.Remove(key);
  // An item that a client has asked for is polled even if no client waits any
  // more, so that the next lookup finds the final verdict in the cache.
  if (polls_.Has(key) || flight.purpose != Purpose::kReport ||
      !flight.waiters.empty()) {
    PollQueued(flight.indicator, entry, payer);
  }
}

void QueuedItems::OnFailed(const Indicator& indicator) {
  if (!polls_.Has(indicator.key())) return;
  const auto& ttl = config_.ttl();
  const bool awaited = watches_.Any(indicator.key());
  PollAt(
      indicator,
      clock_.Now() + ToAbslDuration(awaited ? ttl.queued() : ttl.queued_max()),
      {});
}

void QueuedItems::Withhold(const std::string& key, const Answer& answer) {
  polls_.Remove(key);
  watches_.Tell(key, answer);
}

void QueuedItems::Close(const absl::Status& status) {
  watches_.EndAll(status);
  polls_.Close();
}

// Polls the item when its queued verdict expires.
void QueuedItems::PollQueued(const Indicator& indicator, const Entry& entry,
                             PollList::Payer payer) {
  PollAt(indicator, entry.fresh_until, std::move(payer),
         SubmissionOf(*entry.value));
}

// Polls the item at `when`, or at the latest time that the daemon itself ever
// chooses: a later `when` comes from a wrong clock. `payer` is used only for an
// item that is not polled yet.
void QueuedItems::PollAt(const Indicator& indicator, absl::Time when,
                         PollList::Payer payer,
                         std::optional<absl::Time> submitted) {
  const absl::Time latest =
      clock_.Now() +
      ToAbslDuration(config_.ttl().queued_max()) * kNotYet * kJitter;
  if (!polls_.Put(indicator, std::min(when, latest), std::move(payer),
                  submitted)) {
    counters_.refused.Add();
  }
}

// A poll for a watcher goes before requests that nobody waits for.
void QueuedItems::OnDue(const Indicator& indicator,
                        const PollList::Payer& payer) {
  const Lane lane =
      watches_.Any(indicator.key()) ? Lane::kBulk : Lane::kBackground;
  PollAt(indicator, clock_.Now() + ToAbslDuration(config_.ttl().queued_max()));
  ask_again_(indicator, lane, payer);
}

}  // namespace vtlookup
