#include "virustotal/virustotal.h"

#include <optional>
#include <utility>

#include "core/failure.h"

namespace vtlookup {

VirusTotal::VirusTotal(Access access, const Dialect& dialect,
                       const Clock& clock, Loop& loop, HttpClient& http,
                       Quota& quota)
    : access_(std::move(access)),
      dialect_(dialect),
      clock_(clock),
      loop_(loop),
      http_(http),
      quota_(quota) {}

absl::Status VirusTotal::CanAsk(const Indicator& indicator) const {
  return dialect_.can_ask(indicator);
}

void VirusTotal::Fetch(const Indicator& indicator, Ask ask, Done done) {
  Talk talk{.dialogue = dialect_.start(access_, indicator, ask),
            .done = std::move(done)};
  HttpRequest first = talk.dialogue->Begin();
  Send(std::move(talk), std::move(first));
}

void VirusTotal::Send(Talk talk, HttpRequest request) {
  const absl::Time taken_at = clock_.Now();
  if (absl::Status status = quota_.Take(taken_at); !status.ok()) {
    // Fetch promises not to run `done` before it returns.
    loop_.Post(
        [this, status = std::move(status), talk = std::move(talk)]() mutable {
          Take(std::move(talk), std::move(status));
        });
    return;
  }
  http_.Start(std::move(request),
              [this, taken_at, talk = std::move(talk)](
                  absl::StatusOr<HttpResponse> response) mutable {
                if (FailureOf(response.status()).not_sent) {
                  quota_.Refund(taken_at);
                }
                Take(std::move(talk), std::move(response));
              });
}

void VirusTotal::Take(Talk talk, absl::StatusOr<HttpResponse> response) {
  const bool answered = response.ok();
  Dialogue::Turn turn = talk.dialogue->Take(std::move(response));
  if (answered) {
    HeedQuota(turn.put_up_with);
    if (!turn.next.has_value()) HeedQuota(turn.verdict.status());
  }
  if (turn.next.has_value()) {
    Send(std::move(talk), *std::move(turn.next));
  } else {
    std::move(talk.done)(std::move(turn.verdict));
  }
}

// VirusTotal itself says that a quota is used up: it knows better.
void VirusTotal::HeedQuota(const absl::Status& failure) {
  if (!absl::IsResourceExhausted(failure)) return;
  const std::optional<absl::Duration> retry = FailureOf(failure).retry_after;
  if (retry.has_value()) quota_.PauseUntil(clock_.Now() + *retry);
}

}  // namespace vtlookup
