#include "virustotal/virustotal.h"

#include <utility>

#include "core/failure.h"

namespace vtlookup {
namespace {

absl::StatusOr<Upstream::Reply> OutcomeOf(Dialogue::Turn turn) {
  if (!turn.verdict.ok()) return turn.verdict.status();
  // What will not be had later either is not missing.
  const bool for_now = absl::IsUnavailable(turn.put_up_with) ||
                       absl::IsResourceExhausted(turn.put_up_with);
  return Upstream::Reply{
      .verdict = *std::move(turn.verdict),
      .missing = for_now ? std::move(turn.put_up_with) : absl::OkStatus()};
}

}  // namespace

VirusTotal::VirusTotal(const Dialect& dialect, const Clock& clock, Loop& loop,
                       HttpClient& http, KeyRing& keys,
                       std::function<double()> random)
    : dialect_(dialect),
      clock_(clock),
      loop_(loop),
      http_(http),
      keys_(keys),
      breaker_(std::move(random)) {}

absl::Status VirusTotal::CanAsk(const Indicator& indicator) const {
  return dialect_.can_ask(indicator);
}

Upstream::Opening VirusTotal::OpeningFor(Lane lane, size_t ahead) {
  const absl::Time now = clock_.Now();
  const Quota::Opening opening = keys_.OpeningFor(lane, ahead, now);
  if (opening.at <= now) return {.at = now, .why = absl::OkStatus()};
  return {.at = opening.at, .why = QuotaFailureOf(opening, now)};
}

void VirusTotal::Fetch(const Indicator& indicator, Ask ask, Lane lane,
                       Done done) {
  Begin({.indicator = indicator,
         .ask = ask,
         .lane = lane,
         .done = std::move(done)});
}

void VirusTotal::Begin(Talk talk) {
  const absl::Time now = clock_.Now();
  if (absl::Status status = breaker_.Admit(now); !status.ok()) {
    return FailLater(std::move(talk), std::move(status));
  }
  absl::StatusOr<KeyRing::Key*> key = keys_.Take(talk.lane, now);
  if (!key.ok()) {
    breaker_.OnNotSent();
    return FailLater(std::move(talk), key.status());
  }
  talk.key = *key;
  talk.dialogue = dialect_.start(talk.key->access, talk.indicator, talk.ask);
  HttpRequest first = talk.dialogue->Begin();
  Send(std::move(talk), std::move(first), now);
}

// Fetch promises not to run `done` before it returns.
void VirusTotal::FailLater(Talk talk, absl::Status status) {
  loop_.Post(
      [status = std::move(status), done = std::move(talk.done)]() mutable {
        std::move(done)(std::move(status));
      });
}

void VirusTotal::Send(Talk talk, HttpRequest request, absl::Time taken_at) {
  requests_.Add();
  std::string url = request.url;
  http_.Start(std::move(request),
              [this, taken_at, url = std::move(url), talk = std::move(talk)](
                  absl::StatusOr<HttpResponse> response) mutable {
                stats_.Add(url, response.ok() ? response->status : 0,
                           clock_.Now() - taken_at);
                OnResponse(std::move(talk), taken_at, std::move(response));
              });
}

// A further request of the same dialogue, with the same key.
void VirusTotal::SendNext(Talk talk, HttpRequest request) {
  const absl::Time now = clock_.Now();
  absl::Status status = keys_.TakeFrom(*talk.key, talk.lane, now);
  if (status.ok()) return Send(std::move(talk), std::move(request), now);
  loop_.Post(
      [this, status = std::move(status), talk = std::move(talk)]() mutable {
        Dialogue::Turn turn = talk.dialogue->Take(std::move(status));
        if (turn.next.has_value()) {
          return SendNext(std::move(talk), *std::move(turn.next));
        }
        std::move(talk.done)(OutcomeOf(std::move(turn)));
      });
}

void VirusTotal::OnResponse(Talk talk, absl::Time taken_at,
                            absl::StatusOr<HttpResponse> response) {
  if (FailureOf(response.status()).not_sent) {
    keys_.Refund(*talk.key, taken_at, clock_.Now());
  }
  Dialogue::Turn turn = talk.dialogue->Take(std::move(response));
  Judge(talk, taken_at, turn);
  if (turn.next.has_value()) {
    return SendNext(std::move(talk), *std::move(turn.next));
  }
  if (CanTakeOver(talk, turn.verdict.status())) return Begin(std::move(talk));
  std::move(talk.done)(OutcomeOf(std::move(turn)));
}

// What the response says about the key and about VirusTotal.
void VirusTotal::Judge(Talk& talk, absl::Time taken_at,
                       const Dialogue::Turn& turn) {
  const absl::Time now = clock_.Now();
  bool answered = true;
  for (const absl::Status& failure :
       {turn.next.has_value() ? absl::OkStatus() : turn.verdict.status(),
        turn.put_up_with}) {
    if (absl::IsResourceExhausted(failure)) {
      keys_.OnNoRoom(*talk.key, failure, taken_at, now);
      answered = false;
    } else if (FailureOf(failure).reason == "API_KEY_REFUSED") {
      keys_.OnKeyRefused(*talk.key);
    }
    if (FailureOf(failure).outage) {
      breaker_.OnFailure(now);
      return;
    }
  }
  breaker_.OnAnswer();
  if (answered) keys_.OnAnswer(*talk.key);
}

// Whether another key may have what this one was denied, now.
bool VirusTotal::CanTakeOver(const Talk& talk, const absl::Status& failure) {
  const bool denied = absl::IsResourceExhausted(failure) ||
                      FailureOf(failure).reason == "API_KEY_REFUSED";
  if (!denied) return false;
  const absl::Time now = clock_.Now();
  for (const auto& key : keys_.keys()) {
    if (key.get() != talk.key && !key->refused &&
        key->quota.OpeningFor(talk.lane, 0, now).at <= now) {
      return true;
    }
  }
  return false;
}

}  // namespace vtlookup
