#include "server/misses/resolver.h"

#include <string>
#include <utility>
#include <vector>

#include "server/misses/refusals.h"
#include "server/verdicts/acceptance.h"
#include "server/verdicts/raw_key.h"

namespace vtlookup {
Resolver::Resolver(Options options, const Clock& clock, Loop& loop,
                   Cache& cache, RawReports& raws, Upstream& upstream)
    : loop_(loop),
      cache_(cache),
      raws_(raws),
      clock_(clock),
      cache_config_(options.cache),
      room_(options.max_waiting),
      waiters_(
          options.waiters, clock, loop, cache, cache_config_, counters_,
          [this](Flight& flight, WaiterId id) { OnLate(flight, id); },
          [this] { EndDrainIfIdle(); }),
      checks_(clock, loop, cache, room_, *this),
      fetches_(std::move(options.fetches), clock, loop, upstream, flights_,
               counters_, *this),
      queued_items_(options.queued_items, clock, loop, cache_config_, counters_,
                    [this](const Indicator& indicator, Lane lane,
                           const PollList::Payer& payer) {
                      AskAgain(indicator, lane, payer);
                    }),
      keeper_(cache_config_, cache, raws) {}

Purpose Resolver::PurposeOf(const Indicator& indicator, const Want& want) {
  return indicator.kind() == Kind::kUrl && want.submit_missing
             ? Purpose::kReportOrSubmit
             : Purpose::kReport;
}

// --- Public methods --------------------------------------------------------

void Resolver::Resolve(std::vector<Request> requests) {
  std::vector<CacheCheck::Arrival> arrivals;
  arrivals.reserve(requests.size());
  for (Request& request : requests) {
    Miss& miss = request.miss;
    const Purpose purpose = PurposeOf(miss.indicator, miss.want);
    if (miss.want.raw) request.done = WithRaw(std::move(request.done));
    arrivals.push_back({std::move(miss.indicator), purpose,
                        Waiter{request.id, miss.want, std::move(miss.requester),
                               std::move(request.done)},
                        miss.unread});
  }
  loop_.Post([this, arrivals = std::move(arrivals)]() mutable {
    Arrive(std::move(arrivals));
  });
}

// RawReports may call back after the resolver was destroyed; the loop still
// exists then. So the callback uses only the loop.
Resolver::Done Resolver::WithRaw(Done done) {
  return [this, done = std::move(done)](absl::StatusOr<Answer> answer) mutable {
    if (!answer.ok() || answer->raw != nullptr ||
        answer->source == v1::SOURCE_LOCAL) {
      return std::move(done)(std::move(answer));
    }
    std::string key =
        RawKeyOf(answer->kind, answer->indicator, *answer->entry.value);
    std::string name(1, static_cast<char>(answer->kind));
    name.append(answer->indicator);
    const absl::Time stored = answer->entry.stored;
    raws_.Read(std::move(name), std::move(key), stored,
               [&loop = loop_, answer = *std::move(answer),
                done = std::move(done)](absl::StatusOr<Bytes> raw) mutable {
                 absl::StatusOr<Answer> whole = std::move(answer);
                 if (raw.ok()) {
                   whole->raw = *std::move(raw);
                 } else {
                   whole = raw.status();
                 }
                 loop.Post([whole = std::move(whole),
                            done = std::move(done)]() mutable {
                   std::move(done)(std::move(whole));
                 });
               });
  };
}

void Resolver::Resolve(WaiterId id, Miss miss, Done done) {
  std::vector<Request> one;
  one.push_back({id, std::move(miss), std::move(done)});
  Resolve(std::move(one));
}

void Resolver::Submit(WaiterId id, Indicator indicator, Requester requester,
                      Done done) {
  std::vector<CacheCheck::Arrival> one;
  one.push_back({std::move(indicator), Purpose::kSubmit,
                 Waiter{id, Want{.mode = Want::Mode::kRefresh},
                        std::move(requester), std::move(done)},
                 false});
  loop_.Post(
      [this, one = std::move(one)]() mutable { Arrive(std::move(one)); });
}

void Resolver::Arrive(std::vector<CacheCheck::Arrival> arrivals) {
  if (!draining_) return checks_.Check(std::move(arrivals));
  for (CacheCheck::Arrival& arrival : arrivals) {
    Finish(std::move(arrival.waiter), ShuttingDown());
  }
}

void Resolver::Watch(WaiterId id, const Indicator& indicator,
                     const Answer& known, WatchList::OnVerdict on_verdict) {
  if (draining_) return on_verdict(ShuttingDown());
  queued_items_.Watch(id, indicator, known, std::move(on_verdict));
}

void Resolver::RefreshAhead(Indicator indicator) {
  loop_.Post([this, indicator = std::move(indicator)] {
    if (draining_ || !fetches_.MayBegin(indicator, Lane::kBackground) ||
        AnswerIfWithheld(indicator).has_value()) {
      return;
    }
    counters_.refreshed.Add();
    Begin(indicator, Lane::kBackground, {});
  });
}

// Polls an item whose scan was queued. A poll in the background lane, which has
// no watcher, is made only when the quota has room now.
void Resolver::AskAgain(const Indicator& indicator, Lane lane,
                        const PollList::Payer& payer) {
  if (AnswerIfWithheld(indicator).has_value() ||
      flights_.Find(indicator, Purpose::kReport) != nullptr ||
      (lane == Lane::kBackground && !fetches_.MayBegin(indicator, lane))) {
    return;
  }
  counters_.polls.Add();
  Begin(indicator, lane, payer);
}

// Begins a flight without a waiter. Its request is charged to the payer's daily
// share; when the share is used up, no request is made.
void Resolver::Begin(const Indicator& indicator, Lane lane,
                     const PollList::Payer& payer) {
  fetches_.Depart(flights_.Add(
      {.indicator = indicator,
       .purpose = Purpose::kReport,
       .lane = lane,
       .keep = true,
       .share = payer.share,
       .client = payer.client,
       .previous = PreviousOf(cache_.Peek(indicator.key()).found)}));
}

void Resolver::Cancel(WaiterId first, size_t count) {
  loop_.Post([this, first, count] {
    for (size_t i = 0; i < count; ++i) CancelNow(first + i);
  });
}

void Resolver::CancelNow(WaiterId id) {
  const absl::Status cancelled =
      absl::CancelledError("the client has cancelled the call");
  if (queued_items_.Cancel(id, cancelled)) return;
  if (std::optional<Waiter> reader = checks_.Take(id)) {
    return Finish(*std::move(reader), cancelled);
  }
  Flight* const flight = waiters_.FlightOf(id);
  if (flight == nullptr) return;
  auto node = flight->waiters.extract(id);
  fetches_.departures().DropIfUnpaid(*flight);
  Finish(std::move(node.mapped()), cancelled);
}

void Resolver::Drain(absl::Duration grace, Task drained) {
  draining_ = true;
  fetches_.StopRetries();
  // Watchers never end by themselves.
  queued_items_.Close(ShuttingDown());
  if (idle()) return std::move(drained)();
  drained_ = std::move(drained);
  loop_.After(grace, [this] { FinishAll(); });
}

// --- Joining a flight ------------------------------------------------------

void Resolver::Join(const Indicator& indicator, Purpose purpose, Waiter waiter,
                    std::optional<Cache::Found> previous) {
  if (absl::Status seated = TakeSeat(room_, waiter); !seated.ok()) {
    return Refuse(std::move(waiter), seated);
  }
  if (Flight* const flying = flights_.Find(indicator, purpose)) {
    counters_.coalesced.Add();
    // A request that is under way cannot be changed; Land decides whether its
    // answer is enough for this waiter.
    if (flying->state != Flight::State::kFetching &&
        purpose == Purpose::kReportOrSubmit) {
      flying->purpose = purpose;
    }
    // If one waiter has no daily limit, no client is charged for the flight.
    if (waiter.requester.requests_per_day == 0) flying->share = 0;
    return Take(*flying, std::move(waiter));
  }
  Flight& flight = flights_.Add({.indicator = indicator,
                                 .purpose = purpose,
                                 .lane = waiter.want.lane,
                                 .share = waiter.requester.requests_per_day,
                                 .client = waiter.requester.client,
                                 .trace = waiter.requester.trace,
                                 .previous = PreviousOf(std::move(previous))});
  Take(flight, std::move(waiter));
  fetches_.Depart(flight);
}

void Resolver::Refuse(Waiter waiter, const absl::Status& why) {
  counters_.refused.Add();
  Finish(std::move(waiter), why);
}

void Resolver::Take(Flight& flight, Waiter waiter) {
  const bool more_urgent = waiter.want.lane < flight.lane;
  if (more_urgent) flight.lane = waiter.want.lane;
  const WaiterId id = waiter.id;
  waiters_.Join(flight, std::move(waiter));
  fetches_.departures().OnJoined(flight, id, more_urgent);
}

void Resolver::OnLate(Flight& flight, WaiterId id) {
  auto node = flight.waiters.extract(id);
  RefuseLate(flight, std::move(node.mapped()),
             fetches_.departures().WhyLate(flight));
  fetches_.departures().DropIfUnpaid(flight);
}

// --- At VirusTotal and back ------------------------------------------------

void Resolver::RefuseLate(const Flight& flight, Waiter waiter,
                          const absl::Status& why) {
  counters_.out_of_turn.Add();
  waiters_.Fail(flight, std::move(waiter), why);
}

// The waiters get the answer that PrivacyGate gives to a new lookup.
void Resolver::Withhold(Flight& flight, const std::string& why) {
  const Answer answer = WithheldAnswer(flight.indicator, why);
  const std::unique_ptr<Flight> ended = fetches_.Remove(flight);
  for (auto& [id, waiter] : ended->waiters) Finish(std::move(waiter), answer);
}

// Makes the answer, stops polling the indicator, and gives the answer to its
// watchers.
Answer Resolver::WithheldAnswer(const Indicator& indicator,
                                const std::string& why) {
  Answer answer = UnusableAnswer(indicator.kind(), indicator.text(), why);
  queued_items_.Withhold(indicator.key(), answer);
  return answer;
}

// Nothing when the privacy rules let the indicator go to VirusTotal.
std::optional<Answer> Resolver::AnswerIfWithheld(const Indicator& indicator) {
  const std::optional<std::string> why = fetches_.WhyWithheld(indicator);
  if (!why.has_value()) return std::nullopt;
  return WithheldAnswer(indicator, *why);
}

void Resolver::Land(Flight& landing, Upstream::Reply reply) {
  const std::unique_ptr<Flight> flight = fetches_.Remove(landing);
  const std::string& cache_key = flight->indicator.key();
  const absl::Time now = clock_.Now();
  const VerdictKeeper::Kept kept =
      keeper_.Keep(flight->indicator, flight->purpose, std::move(reply),
                   flight->previous.get(), queued_items_.polls(cache_key), now);
  const Answer answer{.kind = flight->indicator.kind(),
                      .indicator = std::string(flight->indicator.text()),
                      .entry = kept.entry,
                      .source = v1::SOURCE_VIRUSTOTAL,
                      .raw = kept.raw};
  // "Not known" while a scan is queued means "not known yet".
  const bool not_yet =
      CodeOf(kept.entry) == ResponseCode::kMissing && !kept.stored;
  queued_items_.OnLanded(*flight, kept.entry, not_yet);
  for (auto& [id, waiter] : flight->waiters) {
    // The waiter wants a scan if VirusTotal has no report, but joined when the
    // request for the report alone was under way. So the waiter starts again.
    if (flight->purpose == Purpose::kReport &&
        CodeOf(kept.entry) == ResponseCode::kMissing &&
        PurposeOf(flight->indicator, waiter.want) == Purpose::kReportOrSubmit) {
      waiters_.Forget(waiter);
      checks_.Decide(flight->indicator, Purpose::kReportOrSubmit,
                     std::move(waiter), cache_.Peek(cache_key).found);
    } else {
      Settle(std::move(waiter), flight->indicator, answer);
    }
  }
  if (not_yet) return;
  queued_items_.Tell(cache_key, answer);
  for (const Indicator& alias : kept.aliases) {
    Answer named = answer;
    named.indicator = std::string(alias.text());
    queued_items_.Tell(alias.key(), named);
  }
}

// A failure goes to the present waiters only, and is never stored.
void Resolver::Fail(Flight& failing, const absl::Status& status) {
  const std::unique_ptr<Flight> flight = fetches_.Remove(failing);
  queued_items_.OnFailed(flight->indicator);
  for (auto& [id, waiter] : flight->waiters) {
    waiters_.Fail(*flight, std::move(waiter), status);
  }
}

// --- Ending ----------------------------------------------------------------

// Ends the waiter with the answer, or holds the answer back if it is a queued
// verdict and the waiter prefers a final one.
void Resolver::Settle(Waiter waiter, const Indicator& indicator,
                      Answer answer) {
  if (!waiter.want.raw) answer.raw = nullptr;
  if (IsHeldBack(waiter.want, CodeOf(answer.entry)) && !draining_ &&
      TakeSeat(room_, waiter).ok()) {
    waiters_.Forget(waiter);
    return queued_items_.Hold(std::move(waiter), indicator, std::move(answer));
  }
  Finish(std::move(waiter), std::move(answer));
}

void Resolver::Finish(Waiter waiter, absl::StatusOr<Answer> answer) {
  waiters_.Finish(std::move(waiter), std::move(answer));
}

void Resolver::EndDrainIfIdle() {
  if (drained_ != nullptr && idle()) {
    std::move(std::exchange(drained_, nullptr))();
  }
}

void Resolver::FinishAll() {
  fetches_.departures().Clear();
  for (const auto& flight : flights_.RemoveAll()) {
    for (auto& [id, waiter] : flight->waiters) {
      Finish(std::move(waiter), ShuttingDown());
    }
  }
  for (Waiter& waiter : checks_.TakeAll()) {
    Finish(std::move(waiter), ShuttingDown());
  }
  // A drain does not wait longer than `grace` for requests under way.
  if (drained_ != nullptr) std::move(std::exchange(drained_, nullptr))();
}

}  // namespace vtlookup
