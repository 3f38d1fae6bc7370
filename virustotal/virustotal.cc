#include "virustotal/virustotal.h"

#include <utility>

#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {
namespace {

absl::StatusOr<Upstream::Reply> OutcomeOf(Dialogue::Step step) {
  if (!step.verdict.ok()) return step.verdict.status();
  // A part that will not come later either does not count as missing.
  const bool for_now = absl::IsUnavailable(step.incomplete_because) ||
                       absl::IsResourceExhausted(step.incomplete_because);
  return Upstream::Reply{
      .verdict = *std::move(step.verdict),
      .raw = std::move(step.raw),
      .incomplete_because =
          for_now ? std::move(step.incomplete_because) : absl::OkStatus()};
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
  const Moment now = clock_.ReadMoment();
  const Quota::Opening opening = keys_.OpeningFor(lane, ahead, now);
  if (opening.at <= now.time) return {.at = now.time, .why = absl::OkStatus()};
  return {.at = opening.at, .why = QuotaFailureOf(opening, now.time)};
}

absl::Time VirusTotal::broken_until() const {
  const Moment now = clock_.ReadMoment();
  return now.time + (breaker_.until() - now.uptime);
}

void VirusTotal::Fetch(const Indicator& indicator, Purpose purpose, Lane lane,
                       Done done) {
  Begin({.indicator = indicator,
         .purpose = purpose,
         .lane = lane,
         .done = std::move(done)});
}

void VirusTotal::Begin(Talk talk) {
  const Moment now = clock_.ReadMoment();
  if (absl::Status status = breaker_.Admit(now.uptime); !status.ok()) {
    return FailLater(std::move(talk), std::move(status));
  }
  absl::StatusOr<KeyRing::Key*> key = keys_.Take(talk.lane, now);
  if (!key.ok()) {
    breaker_.OnNotSent();
    return FailLater(std::move(talk), key.status());
  }
  talk.key = *key;
  talk.dialogue =
      dialect_.start(talk.key->access, talk.indicator, talk.purpose);
  HttpRequest first = talk.dialogue->Begin();
  Send(std::move(talk), std::move(first), now);
}

// Posts the failure, because Fetch must not run `done` before it returns.
void VirusTotal::FailLater(Talk talk, absl::Status status) {
  loop_.Post([status = std::move(status), done = std::move(talk.done),
              requests = talk.requests]() mutable {
    std::move(done)(std::move(status), requests);
  });
}

void VirusTotal::Send(Talk talk, HttpRequest request, const Moment& taken_at) {
  requests_.Add();
  std::string url = request.url;
  const auto sending = std::make_shared<Sending>(Sending{.taken_at = taken_at});
  request.may_send_again = [this, sending, key = talk.key, lane = talk.lane] {
    return MaySendAgain(*key, lane, *sending);
  };
  http_.Start(
      std::move(request),
      [this, sending, taken_at, url = std::move(url),
       talk = std::move(talk)](absl::StatusOr<HttpResponse> response) mutable {
        stats_.Add(url, response.ok() ? response->status : 0,
                   clock_.Uptime() - taken_at.uptime);
        OnResponse(std::move(talk), *sending, std::move(response));
      });
}

// The earlier sending may have arrived, so it stays counted; the next sending
// is counted as a further request.
bool VirusTotal::MaySendAgain(KeyRing::Key& key, Lane lane, Sending& sending) {
  const Moment now = clock_.ReadMoment();
  if (!keys_.TakeFrom(key, lane, now).ok()) return false;
  keys_.Ended(key, sending.taken_at, now);
  sending.taken_at = now;
  ++sending.times;
  requests_.Add();
  return true;
}

// Sends a further request of the same dialogue, with the same key.
void VirusTotal::SendNext(Talk talk, HttpRequest request) {
  const Moment now = clock_.ReadMoment();
  absl::Status status = keys_.TakeFrom(*talk.key, talk.lane, now);
  if (status.ok()) return Send(std::move(talk), std::move(request), now);
  loop_.Post(
      [this, status = std::move(status), talk = std::move(talk)]() mutable {
        Dialogue::Step step = talk.dialogue->Take(std::move(status));
        if (step.next.has_value()) {
          return SendNext(std::move(talk), *std::move(step.next));
        }
        std::move(talk.done)(OutcomeOf(std::move(step)), talk.requests);
      });
}

void VirusTotal::OnResponse(Talk talk, const Sending& sending,
                            absl::StatusOr<HttpResponse> response) {
  const Moment now = clock_.ReadMoment();
  if (FailureOf(response.status()).not_sent) {
    keys_.Refund(*talk.key, sending.taken_at, now);
  } else {
    keys_.Ended(*talk.key, sending.taken_at, now);
    talk.requests += sending.times;
  }
  Dialogue::Step step = talk.dialogue->Take(std::move(response));
  Judge(talk, sending.taken_at, step);
  if (step.next.has_value()) {
    return SendNext(std::move(talk), *std::move(step.next));
  }
  if (CanTakeOver(talk, step.verdict.status())) return Begin(std::move(talk));
  std::move(talk.done)(OutcomeOf(std::move(step)), talk.requests);
}

// Notes what the response says about the key and about VirusTotal.
void VirusTotal::Judge(Talk& talk, const Moment& taken_at,
                       const Dialogue::Step& step) {
  const Moment now = clock_.ReadMoment();
  bool answered = true;
  for (const absl::Status& failure :
       {step.next.has_value() ? absl::OkStatus() : step.verdict.status(),
        step.incomplete_because}) {
    if (absl::IsResourceExhausted(failure)) {
      keys_.OnNoRoom(*talk.key, failure, taken_at, now);
      answered = false;
    } else if (FailureOf(failure).reason == reasons::kApiKeyRefused) {
      keys_.OnKeyRefused(*talk.key);
    }
    if (FailureOf(failure).outage) {
      breaker_.OnFailure(now.uptime);
      return;
    }
  }
  breaker_.OnAnswer();
  if (answered) keys_.OnAnswer(*talk.key);
}

// Whether another key can do now what this key was denied.
bool VirusTotal::CanTakeOver(const Talk& talk, const absl::Status& failure) {
  const bool denied = absl::IsResourceExhausted(failure) ||
                      FailureOf(failure).reason == reasons::kApiKeyRefused;
  if (!denied) return false;
  const Moment now = clock_.ReadMoment();
  for (const auto& key : keys_.keys()) {
    if (key.get() != talk.key && !key->refused &&
        key->quota.OpeningFor(talk.lane, 0, now).at <= now.time) {
      return true;
    }
  }
  return false;
}

}  // namespace vtlookup
