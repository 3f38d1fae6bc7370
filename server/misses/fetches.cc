#include "server/misses/fetches.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {
namespace {

// A flight goes back into the queue when VirusTotal says that the quota is used
// up although our own count had room, and fails at the third such denial.
constexpr uint32_t kMostDenials = 3;

// The key of the flight's question in FailureBackoff.
std::string QuestionOf(const Flight& flight) {
  return absl::StrCat(
      flight.purpose == Purpose::kSubmit ? "submit " : "report ",
      flight.indicator.key());
}

ResponseCode CodeOf(const absl::StatusOr<Upstream::Reply>& reply) {
  return reply.ok() ? ResponseCodeOf(reply->verdict->response_code())
                          .value_or(ResponseCode::kMissing)
                    : ResponseCode::kMissing;
}

}  // namespace

Fetches::Fetches(Options options, const Clock& clock, Loop& loop,
                 Upstream& upstream, Flights& flights, MissCounters& counters,
                 Ends& ends)
    : options_(std::move(options)),
      clock_(clock),
      loop_(loop),
      upstream_(upstream),
      flights_(flights),
      counters_(counters),
      ends_(ends),
      departures_(options_.departures, clock, loop, upstream, *this),
      failures_(options_.max_failures),
      retries_(options_.max_retries, options_.random) {}

void Fetches::Depart(Flight& flight) {
  if (EndIfWithheld(flight)) return;
  const std::optional<absl::Status> failure =
      failures_.Find(QuestionOf(flight), clock_.Uptime());
  if (failure.has_value()) return ends_.Fail(flight, *failure);
  if (absl::Status share = departures_.TakeShare(flight); !share.ok()) {
    return ends_.Fail(flight, share);
  }
  if (departures_.CanFetchNow(flight.lane)) return Fetch(flight);
  if (absl::Status room = departures_.RoomFor(flight); !room.ok()) {
    counters_.refused.Add();
    return ends_.Fail(flight, room);
  }
  departures_.Enqueue(flight);
}

bool Fetches::MayBegin(const Indicator& indicator, Lane lane) const {
  return flights_.Find(indicator, Purpose::kReport) == nullptr &&
         departures_.CanFetchNow(lane);
}

std::optional<std::string> Fetches::WhyWithheld(
    const Indicator& indicator) const {
  if (!options_.withheld) return std::nullopt;
  return options_.withheld(indicator);
}

std::unique_ptr<Flight> Fetches::Remove(Flight& flight) {
  departures_.Remove(flight);
  return flights_.Remove(flight);
}

bool Fetches::EndIfWithheld(Flight& flight) {
  const std::optional<std::string> why = WhyWithheld(flight.indicator);
  if (!why.has_value()) return false;
  ends_.Withhold(flight, *why);
  return true;
}

void Fetches::Leave(Flight& flight) {
  if (!EndIfWithheld(flight)) Fetch(flight);
}

void Fetches::Fetch(Flight& flight) {
  departures_.OnFetch(flight);
  counters_.fetches.Add();
  upstream_.Fetch(
      flight.indicator, flight.purpose, flight.lane,
      [this, indicator = flight.indicator, purpose = flight.purpose](
          absl::StatusOr<Upstream::Reply> reply, uint32_t requests) {
        OnFetched(indicator, purpose, std::move(reply), requests);
      });
}

void Fetches::OnFetched(const Indicator& indicator, Purpose purpose,
                        absl::StatusOr<Upstream::Reply> reply,
                        uint32_t requests) {
  // The flight is gone when a drain has ended all flights meanwhile.
  Flight* const flight = flights_.Find(indicator, purpose);
  departures_.OnFetched(flight, requests);
  if (flight != nullptr) {
    TellAsked(*flight, reply, requests);
    if (reply.ok()) {
      OnAnswered(*flight, *std::move(reply));
    } else {
      OnFailed(*flight, reply.status());
    }
  }
  departures_.Dispatch();
  ends_.OnFetchEnded();
}

void Fetches::TellAsked(const Flight& flight,
                        const absl::StatusOr<Upstream::Reply>& reply,
                        uint32_t requests) {
  if (!options_.on_asked) return;
  options_.on_asked({.indicator = flight.indicator,
                     .purpose = flight.purpose,
                     .client = flight.client,
                     .trace = flight.trace,
                     .outcome = reply.status(),
                     .response_code = CodeOf(reply),
                     .requests = requests});
}

void Fetches::OnAnswered(Flight& flight, Upstream::Reply reply) {
  // A missing part is logged as a failure, but the verdict is still an answer.
  if (!reply.incomplete_because.ok() && options_.on_failure) {
    options_.on_failure(reply.incomplete_because);
  }
  retries_.OnSuccess();
  failures_.Forget(QuestionOf(flight));
  ends_.Land(flight, std::move(reply));
}

void Fetches::OnFailed(Flight& flight, const absl::Status& failure) {
  if (options_.on_failure) options_.on_failure(failure);
  // The quota had no room after all, so the flight goes back into the queue for
  // those of its waiters that can wait longer.
  if (absl::IsResourceExhausted(failure) && ++flight.denials < kMostDenials &&
      !flight.waiters.empty() && retrying_) {
    if (absl::Status share = departures_.TakeShare(flight); !share.ok()) {
      return ends_.Fail(flight, share);
    }
    return departures_.Enqueue(flight);
  }
  if (RetryLater(flight, failure)) return;
  counters_.failed.Add();
  if (absl::IsUnavailable(failure) &&
      FailureOf(failure).reason != reasons::kLeftAlone) {
    failures_.Note(QuestionOf(flight), failure, clock_.Uptime());
  }
  // By now the quota may know better until when it has no room.
  const absl::Status known = absl::IsResourceExhausted(failure)
                                 ? upstream_.OpeningFor(flight.lane, 0).why
                                 : failure;
  ends_.Fail(flight, known.ok() ? failure : known);
}

bool Fetches::RetryLater(Flight& flight, const absl::Status& failure) {
  if (!retrying_) return false;
  const std::optional<absl::Duration> pause =
      retries_.PauseBefore(flight, failure, clock_.Now());
  if (!pause.has_value()) return false;
  counters_.retries.Add();
  flight.state = Flight::State::kBackoff;
  loop_.After(*pause,
              [this, indicator = flight.indicator, purpose = flight.purpose] {
                OnBackoffEnds(indicator, purpose);
              });
  return true;
}

void Fetches::OnBackoffEnds(const Indicator& indicator, Purpose purpose) {
  Flight* const flight = flights_.Find(indicator, purpose);
  if (flight == nullptr || flight->state != Flight::State::kBackoff) return;
  if (flight->waiters.empty() && !flight->keep) return ends_.Drop(*flight);
  Depart(*flight);
}

}  // namespace vtlookup
