#include "virustotal/virustotal.h"

#include <utility>

#include "core/failure.h"

namespace vtlookup {
namespace {

// VirusTotal does not say how long: its shortest quota is a minute's.
constexpr absl::Duration kQuotaPause = absl::Minutes(1);

}  // namespace

VirusTotal::VirusTotal(Options options, const Dialect& dialect,
                       const Clock& clock, Loop& loop, HttpClient& http)
    : options_(std::move(options)),
      dialect_(dialect),
      clock_(clock),
      loop_(loop),
      http_(http),
      quota_(options_.quota) {}

absl::Status VirusTotal::CanAsk(const Indicator& indicator) const {
  return dialect_.can_ask(indicator);
}

void VirusTotal::Fetch(const Indicator& indicator, Ask ask, Done done) {
  const absl::Time taken_at = clock_.Now();
  if (absl::Status status = quota_.Take(taken_at); !status.ok()) {
    // Fetch promises not to run `done` before it returns.
    loop_.Post([status = std::move(status), done = std::move(done)]() mutable {
      std::move(done)(std::move(status));
    });
    return;
  }
  http_.Start(
      dialect_.request(options_.base_url, options_.api_key, indicator, ask),
      [this, indicator, ask, taken_at,
       done = std::move(done)](absl::StatusOr<HttpResponse> response) mutable {
        if (!response.ok()) {
          if (FailureOf(response.status()).not_sent) quota_.Refund(taken_at);
          std::move(done)(response.status());
          return;
        }
        absl::StatusOr<v1::Verdict> verdict =
            dialect_.read(indicator, ask, *std::move(response));
        if (absl::IsResourceExhausted(verdict.status())) {
          const Failure failure = FailureOf(verdict.status());
          quota_.PauseUntil(clock_.Now() +
                            failure.retry_after.value_or(kQuotaPause));
        }
        std::move(done)(std::move(verdict));
      });
}

}  // namespace vtlookup
