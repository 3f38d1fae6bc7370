#include "server/resolver.h"

#include <algorithm>
#include <utility>
#include <vector>

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
    absl::flat_hash_map<WaiterId, Waiter>* waiters = &reading_only_;
    if (const auto found = waiting_.find(id); found != waiting_.end()) {
      waiters = &found->second->waiters;
    }
    auto node = waiters->extract(id);
    if (node.empty()) return;
    Finish(std::move(node.mapped()),
           absl::CancelledError("the caller has left"));
  });
}

void Resolver::Drain(absl::Duration grace, Task drained) {
  draining_ = true;
  if (idle()) return std::move(drained)();
  drained_ = std::move(drained);
  loop_.After(grace, [this] { FinishAll(); });
}

void Resolver::FinishAll() {
  interactive_queue_.clear();
  bulk_queue_.clear();
  queued_ = 0;
  auto flights = std::exchange(flights_, {});
  for (auto& [key, flight] : flights) {
    for (auto& [id, waiter] : flight->waiters) {
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
  FlightKey key = KeyOf(indicator, ask);
  if (const auto found = flights_.find(key); found != flights_.end()) {
    counters_.coalesced.Add();
    return Take(*found->second, std::move(waiter));
  }
  auto flight =
      std::make_unique<Flight>(Flight{.key = key,
                                      .indicator = std::move(indicator),
                                      .ask = ask,
                                      .state = State::kReading,
                                      .interactive = waiter.want.interactive,
                                      .previous = std::move(peeked.found),
                                      .waiters = {}});
  Flight& started = *flight;
  flights_.emplace(std::move(key), std::move(flight));
  Take(started, std::move(waiter));
  if (peeked.state == Cache::State::kUnknown) {
    StartReading(started);
  } else {
    QueueOrFetch(started);
  }
}

void Resolver::Take(Flight& flight, Waiter waiter) {
  if (waiter.want.interactive && !flight.interactive) {
    flight.interactive = true;
    if (flight.state == State::kQueued) {
      interactive_queue_.push_back(flight.key);
    }
  }
  waiting_.emplace(waiter.id, &flight);
  flight.waiters.emplace(waiter.id, std::move(waiter));
}

// Waits for the disk at most, and so for no flight.
void Resolver::JoinCacheOnly(Indicator indicator, Waiter waiter) {
  if (draining_) return Finish(std::move(waiter), ShuttingDown());
  const absl::Time now = clock_.Now();
  const Cache::Peeked peeked = cache_.Peek(indicator.key());
  if (peeked.state == Cache::State::kFound &&
      AcceptsInstead(waiter.want, peeked.found->entry, now)) {
    return Finish(std::move(waiter),
                  CachedAnswer(indicator, *peeked.found, now));
  }
  if (peeked.state != Cache::State::kUnknown) {
    return Finish(std::move(waiter), NotCached());
  }
  if (full()) {
    counters_.refused.Add();
    return Finish(std::move(waiter), TooMuchWaits("too many lookups wait"));
  }
  const WaiterId id = waiter.id;
  reading_only_.emplace(id, std::move(waiter));
  std::string key = indicator.key();
  const auto on_read = [this, id, indicator = std::move(indicator)](
                           const std::optional<Cache::Found>& found) {
    auto node = reading_only_.extract(id);
    if (node.empty()) return;  // has left
    Waiter reader = std::move(node.mapped());
    const absl::Time then = clock_.Now();
    if (found.has_value() && AcceptsInstead(reader.want, found->entry, then)) {
      Finish(std::move(reader), CachedAnswer(indicator, *found, then));
    } else {
      Finish(std::move(reader), NotCached());
    }
  };
  // The cache may run this when the resolver is gone; the loop is not then.
  cache_.Read(std::move(key), [&loop = loop_,
                               on_read](std::optional<Cache::Found> found) {
    loop.Post([on_read, found = std::move(found)] { on_read(found); });
  });
}

void Resolver::StartReading(Flight& flight) {
  // As above.
  cache_.Read(flight.indicator.key(),
              [this, &loop = loop_,
               key = flight.key](std::optional<Cache::Found> found) mutable {
                loop.Post([this, key = std::move(key),
                           found = std::move(found)]() mutable {
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
    std::vector<Waiter> served;
    absl::erase_if(flight.waiters, [&](auto& item) {
      Waiter& waiter = item.second;
      if (!Accepts(waiter.want, flight.indicator, flight.previous->entry,
                   now)) {
        return false;
      }
      served.push_back(std::move(waiter));
      return true;
    });
    for (Waiter& waiter : served) {
      Finish(std::move(waiter),
             CachedAnswer(flight.indicator, *flight.previous, now));
    }
  }
  if (flight.waiters.empty()) {
    Remove(key);
    return;
  }
  QueueOrFetch(flight);
}

void Resolver::QueueOrFetch(Flight& flight) {
  if (inflight_ < options_.max_inflight) return Fetch(flight);
  if (queued_ >= options_.max_queued) {
    counters_.refused.Add();
    const std::unique_ptr<Flight> refused = Remove(flight.key);
    return Fail(*refused, TooMuchWaits("too many indicators wait for "
                                       "VirusTotal"));
  }
  flight.state = State::kQueued;
  ++queued_;
  (flight.interactive ? interactive_queue_ : bulk_queue_).push_back(flight.key);
}

void Resolver::Fetch(Flight& flight) {
  flight.state = State::kFetching;
  ++inflight_;
  counters_.fetches.Add();
  upstream_.Fetch(
      flight.indicator, flight.ask,
      [this, key = flight.key](absl::StatusOr<v1::Verdict> verdict) {
        OnFetched(key, std::move(verdict));
      });
}

void Resolver::OnFetched(const FlightKey& key,
                         absl::StatusOr<v1::Verdict> verdict) {
  --inflight_;
  if (flights_.contains(key)) {  // else all were sent away
    const std::unique_ptr<Flight> flight = Remove(key);
    if (verdict.ok()) {
      Land(*flight, *std::move(verdict));
    } else {
      counters_.failed.Add();
      if (options_.on_failure) options_.on_failure(verdict.status());
      Fail(*flight, verdict.status());
    }
  }
  FetchNextQueued();
}

void Resolver::FetchNextQueued() {
  while (inflight_ < options_.max_inflight) {
    Flight* const flight = NextQueued();
    if (flight == nullptr) return;
    --queued_;
    if (flight->waiters.empty()) {
      Remove(flight->key);  // all have left, and nothing was paid
    } else {
      Fetch(*flight);
    }
  }
}

// The next flight whose turn it is, taken out of the queues; null: none waits.
Resolver::Flight* Resolver::NextQueued() {
  for (std::deque<FlightKey>* queue : {&interactive_queue_, &bulk_queue_}) {
    while (!queue->empty()) {
      const auto found = flights_.find(queue->front());
      queue->pop_front();
      if (found != flights_.end() && found->second->state == State::kQueued) {
        return found->second.get();
      }
    }
  }
  return nullptr;
}

void Resolver::Land(Flight& flight, v1::Verdict verdict) {
  const Entry entry = Keep(flight, std::move(verdict), clock_.Now());
  const Answer answer{.kind = flight.indicator.kind(),
                      .indicator = std::string(flight.indicator.text()),
                      .entry = entry,
                      .source = v1::SOURCE_VIRUSTOTAL};
  for (auto& [id, waiter] : flight.waiters) Finish(std::move(waiter), answer);
}

// Puts the verdict into the cache, and returns it as it is to be sent.
Entry Resolver::Keep(const Flight& flight, v1::Verdict verdict,
                     absl::Time now) {
  // A flight of another ask for the indicator may have landed meanwhile.
  Cache::Peeked peeked = cache_.Peek(flight.indicator.key());
  const std::optional<Cache::Found>& known =
      peeked.found.has_value() ? peeked.found : flight.previous;
  std::optional<int> known_code;
  int polls = 0;
  if (known.has_value()) {
    const absl::StatusOr<StoredVerdict> head =
        StoredVerdict::Peek(*known->entry.value);
    if (head.ok()) {
      if (FreshnessAt(known->entry, now) != Freshness::kGone) {
        known_code = head->response_code;
      }
      // A new scan begins to be waited for anew.
      if (flight.ask != Ask::kSubmit) polls = head->polls;
    }
  }
  const int code = verdict.response_code();
  const Lifetime lifetime =
      LifetimeOf(verdict, flight.indicator, polls, options_.cache);
  const std::vector<Indicator> aliases = AliasesOf(flight.indicator, verdict);
  Entry entry{
      .value = std::make_shared<const std::string>(
          StoredVerdict::Encode(std::move(verdict), code == -2 ? polls + 1 : 0,
                                flight.ask == Ask::kReportOrSubmit)),
      .stored = now,
      .fresh_until = now + lifetime.fresh,
      .usable_until = now + lifetime.usable};
  // A scan that was asked for does not make a known report unknown, nor does
  // "not known" undo that a scan is queued.
  const bool says_less = (flight.ask == Ask::kSubmit && known_code == 1) ||
                         (code == 0 && known_code == -2);
  if (!says_less) {
    cache_.Put(flight.indicator.key(), entry);
    for (const Indicator& alias : aliases) cache_.Put(alias.key(), entry);
  }
  return entry;
}

// A failure is told to those who wait now, and is not remembered.
void Resolver::Fail(Flight& flight, const absl::Status& status) {
  const absl::Time now = clock_.Now();
  for (auto& [id, waiter] : flight.waiters) {
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

std::unique_ptr<Resolver::Flight> Resolver::Remove(const FlightKey& key) {
  auto node = flights_.extract(key);
  return std::move(node.mapped());
}

}  // namespace vtlookup
