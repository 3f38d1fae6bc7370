#include "server/resolver.h"

#include <algorithm>
#include <utility>

#include "core/failure.h"
#include "server/stored_verdict.h"
#include "server/ttl_policy.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kAskAgain = absl::Seconds(1);

absl::Status TooMuchWaits(std::string_view what) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted, what,
      {.reason = "TOO_MANY_WAITING", .retry_after = kAskAgain});
}

absl::Status ShuttingDown() {
  return FailureStatus(absl::StatusCode::kUnavailable,
                       "the daemon is shutting down",
                       {.reason = "SHUTTING_DOWN", .retry_after = kAskAgain});
}

// The other names of the file, so that it is found by any of them. Only when
// VirusTotal's report is about the file that was asked.
std::vector<Indicator> AliasesOf(const Indicator& indicator,
                                 const v1::Verdict& verdict) {
  std::vector<Indicator> names;
  if (indicator.kind() != Kind::kFile || verdict.response_code() != 1) {
    return names;
  }
  const v1::FileReport& file = verdict.file();
  for (const std::string* hash : {&file.md5(), &file.sha1(), &file.sha256()}) {
    absl::StatusOr<Indicator> name = Indicator::Parse(Kind::kFile, *hash);
    if (name.ok()) names.push_back(*std::move(name));
  }
  const auto own = std::find(names.begin(), names.end(), indicator);
  if (own == names.end()) return {};
  names.erase(own);
  return names;
}

}  // namespace

Resolver::Resolver(Options options, const Clock& clock, Loop& loop,
                   Cache& cache, Upstream& upstream)
    : options_(std::move(options)),
      clock_(clock),
      loop_(loop),
      cache_(cache),
      upstream_(upstream) {}

Resolver::FlightKey Resolver::KeyOf(const Indicator& indicator, Ask ask) {
  FlightKey key(1, static_cast<char>(ask));
  key += indicator.key();
  return key;
}

void Resolver::Resolve(WaiterId id, Indicator indicator, Want want, Done done) {
  loop_.Post([this, indicator = std::move(indicator),
              waiter = Waiter{id, want, std::move(done)}]() mutable {
    if (waiter.want.mode == Want::Mode::kCacheOnly) {
      JoinCacheOnly(std::move(indicator), std::move(waiter));
      return;
    }
    const Ask ask = indicator.kind() == Kind::kUrl && waiter.want.submit_missing
                        ? Ask::kReportOrSubmit
                        : Ask::kReport;
    Join(std::move(indicator), ask, std::move(waiter));
  });
}

void Resolver::Submit(WaiterId id, Indicator indicator, Done done) {
  const Want want{.mode = Want::Mode::kRefresh};
  loop_.Post([this, indicator = std::move(indicator),
              waiter = Waiter{id, want, std::move(done)}]() mutable {
    Join(std::move(indicator), Ask::kSubmit, std::move(waiter));
  });
}

void Resolver::Cancel(WaiterId id) {
  loop_.Post([this, id] {
    const auto reading = reading_only_.find(id);
    if (reading != reading_only_.end()) {
      Waiter waiter = std::move(reading->second);
      reading_only_.erase(reading);
      Finish(std::move(waiter), absl::CancelledError("the caller has left"));
      return;
    }
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;
    std::vector<Waiter>& waiters = flights_.at(found->second)->waiters;
    const auto at = std::find_if(waiters.begin(), waiters.end(),
                                 [id](const Waiter& w) { return w.id == id; });
    Waiter waiter = std::move(*at);
    waiters.erase(at);
    Finish(std::move(waiter), absl::CancelledError("the caller has left"));
  });
}

void Resolver::Drain(absl::Duration grace, Task drained) {
  draining_ = true;
  if (idle()) return std::move(drained)();
  drained_ = std::move(drained);
  loop_.After(grace, [this] { FinishAll(); });
}

void Resolver::FinishAll() {
  queue_.clear();
  auto flights = std::exchange(flights_, {});
  for (auto& [key, flight] : flights) {
    for (Waiter& waiter : flight->waiters) {
      Finish(std::move(waiter), ShuttingDown());
    }
  }
  auto reading = std::exchange(reading_only_, {});
  for (auto& [id, waiter] : reading) Finish(std::move(waiter), ShuttingDown());
}

// The one place where a waiter ends.
void Resolver::Finish(Waiter waiter, absl::StatusOr<Answer> answer) {
  waiting_.erase(waiter.id);
  std::move(waiter.done)(std::move(answer));
  if (drained_ != nullptr && idle()) {
    std::move(std::exchange(drained_, nullptr))();
  }
}

void Resolver::Join(Indicator indicator, Ask ask, Waiter waiter) {
  if (draining_) return Finish(std::move(waiter), ShuttingDown());
  const absl::Time now = clock_.Now();
  // Once more: somebody else's answer may have landed meanwhile.
  Cache::Peeked peeked = cache_.Peek(indicator.key());
  if (peeked.state == Cache::State::kFound &&
      Accepts(waiter.want, indicator, peeked.found->entry, now)) {
    return Finish(std::move(waiter),
                  CachedAnswer(indicator, *peeked.found, now));
  }
  if (full()) {
    counters_.refused.Add();
    return Finish(std::move(waiter), TooMuchWaits("too many lookups wait"));
  }
  const FlightKey key = KeyOf(indicator, ask);
  waiting_.emplace(waiter.id, key);
  std::unique_ptr<Flight>& flight = flights_[key];
  if (flight != nullptr) {
    counters_.coalesced.Add();
    flight->waiters.push_back(std::move(waiter));
    return;
  }
  flight = std::make_unique<Flight>(Flight{.indicator = std::move(indicator),
                                           .ask = ask,
                                           .state = State::kReading,
                                           .previous = std::move(peeked.found),
                                           .waiters = {}});
  flight->waiters.push_back(std::move(waiter));
  if (peeked.state == Cache::State::kUnknown) {
    StartReading(key);
  } else {
    QueueOrFetch(key);
  }
}

// Waits for the disk at most, and so for no flight.
void Resolver::JoinCacheOnly(Indicator indicator, Waiter waiter) {
  if (draining_) return Finish(std::move(waiter), ShuttingDown());
  if (full()) {
    counters_.refused.Add();
    return Finish(std::move(waiter), TooMuchWaits("too many lookups wait"));
  }
  const WaiterId id = waiter.id;
  reading_only_.emplace(id, std::move(waiter));
  std::string key = indicator.key();
  cache_.Read(std::move(key), [this, id, indicator = std::move(indicator)](
                                  std::optional<Cache::Found> found) mutable {
    loop_.Post([this, id, indicator = std::move(indicator),
                found = std::move(found)] {
      const auto at = reading_only_.find(id);
      if (at == reading_only_.end()) return;
      Waiter reader = std::move(at->second);
      reading_only_.erase(at);
      const absl::Time now = clock_.Now();
      if (found.has_value() && AcceptsInstead(reader.want, found->entry, now)) {
        Finish(std::move(reader), CachedAnswer(indicator, *found, now));
      } else {
        Finish(std::move(reader), NotCached());
      }
    });
  });
}

void Resolver::StartReading(const FlightKey& key) {
  const Indicator& indicator = flights_.at(key)->indicator;
  cache_.Read(
      indicator.key(), [this, key](std::optional<Cache::Found> found) mutable {
        loop_.Post(
            [this, key = std::move(key), found = std::move(found)]() mutable {
              OnRead(key, std::move(found));
            });
      });
}

void Resolver::OnRead(const FlightKey& key, std::optional<Cache::Found> found) {
  const auto at = flights_.find(key);
  if (at == flights_.end()) return;  // all were sent away
  Flight& flight = *at->second;
  flight.previous = std::move(found);
  if (flight.previous.has_value()) {
    const absl::Time now = clock_.Now();
    const auto served = std::stable_partition(
        flight.waiters.begin(), flight.waiters.end(), [&](const Waiter& w) {
          return !Accepts(w.want, flight.indicator, flight.previous->entry,
                          now);
        });
    std::vector<Waiter> done(std::make_move_iterator(served),
                             std::make_move_iterator(flight.waiters.end()));
    flight.waiters.erase(served, flight.waiters.end());
    for (Waiter& waiter : done) {
      Finish(std::move(waiter),
             CachedAnswer(flight.indicator, *flight.previous, now));
    }
  }
  if (flight.waiters.empty()) {
    Remove(key);
    return;
  }
  QueueOrFetch(key);
}

void Resolver::QueueOrFetch(const FlightKey& key) {
  if (inflight_ < options_.max_inflight) return Fetch(key);
  if (queue_.size() >= options_.max_queued) {
    counters_.refused.Add();
    return Fail(Remove(key), TooMuchWaits("too many indicators wait for "
                                          "VirusTotal"));
  }
  flights_.at(key)->state = State::kQueued;
  queue_.push_back(key);
}

void Resolver::Fetch(const FlightKey& key) {
  Flight& flight = *flights_.at(key);
  flight.state = State::kFetching;
  ++inflight_;
  counters_.fetches.Add();
  upstream_.Fetch(flight.indicator, flight.ask,
                  [this, key](absl::StatusOr<v1::Verdict> verdict) {
                    OnFetched(key, std::move(verdict));
                  });
}

void Resolver::OnFetched(const FlightKey& key,
                         absl::StatusOr<v1::Verdict> verdict) {
  --inflight_;
  if (flights_.contains(key)) {  // else all were sent away
    Flight flight = Remove(key);
    if (verdict.ok()) {
      Land(std::move(flight), *std::move(verdict));
    } else {
      counters_.failed.Add();
      Fail(std::move(flight), verdict.status());
    }
  }
  FetchNextQueued();
}

void Resolver::FetchNextQueued() {
  while (inflight_ < options_.max_inflight && !queue_.empty()) {
    const FlightKey key = std::move(queue_.front());
    queue_.pop_front();
    if (flights_.at(key)->waiters.empty()) {
      Remove(key);  // all have left, and nothing was paid
    } else {
      Fetch(key);
    }
  }
}

void Resolver::Land(Flight flight, v1::Verdict verdict) {
  const Entry entry = Keep(flight, std::move(verdict), clock_.Now());
  const Answer answer{.kind = flight.indicator.kind(),
                      .indicator = std::string(flight.indicator.text()),
                      .entry = entry,
                      .source = v1::SOURCE_VIRUSTOTAL};
  for (Waiter& waiter : flight.waiters) Finish(std::move(waiter), answer);
}

// Puts the verdict into the cache, and returns it as it is to be sent.
Entry Resolver::Keep(const Flight& flight, v1::Verdict verdict,
                     absl::Time now) {
  int known_code = -3;  // none
  int polls = 0;
  if (flight.previous.has_value()) {
    const absl::StatusOr<StoredVerdict> head =
        StoredVerdict::Peek(*flight.previous->entry.value);
    if (head.ok()) {
      known_code = head->response_code;
      polls = head->polls;
    }
  }
  const bool queued = verdict.response_code() == -2;
  const Lifetime lifetime =
      LifetimeOf(verdict, flight.indicator, polls, options_.cache);
  const std::vector<Indicator> aliases = AliasesOf(flight.indicator, verdict);
  const Entry entry{
      .value = std::make_shared<const std::string>(
          StoredVerdict::Encode(std::move(verdict), queued ? polls + 1 : 0)),
      .stored = now,
      .fresh_until = now + lifetime.fresh,
      .usable_until = now + lifetime.usable};
  // A scan that was asked for does not make the known report unknown.
  const bool keeps_known =
      flight.ask == Ask::kSubmit && known_code == 1 &&
      FreshnessAt(flight.previous->entry, now) != Freshness::kGone;
  if (!keeps_known) {
    cache_.Put(flight.indicator.key(), entry);
    for (const Indicator& alias : aliases) cache_.Put(alias.key(), entry);
  }
  return entry;
}

// A failure is told to those who wait now, and is not remembered.
void Resolver::Fail(Flight flight, const absl::Status& status) {
  const absl::Time now = clock_.Now();
  for (Waiter& waiter : flight.waiters) {
    if (flight.previous.has_value() &&
        AcceptsInstead(waiter.want, flight.previous->entry, now)) {
      Answer answer = CachedAnswer(flight.indicator, *flight.previous, now);
      if (answer.stale) counters_.stale_served.Add();
      Finish(std::move(waiter), std::move(answer));
    } else {
      Finish(std::move(waiter), status);
    }
  }
}

Resolver::Flight Resolver::Remove(const FlightKey& key) {
  auto node = flights_.extract(key);
  return std::move(*node.mapped());
}

}  // namespace vtlookup
