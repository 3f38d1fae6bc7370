#ifndef VTLOOKUP_VIRUSTOTAL_BREAKER_H_
#define VTLOOKUP_VIRUSTOTAL_BREAKER_H_

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// A circuit breaker. When VirusTotal has failed several times in a row, it is
// left alone for a while; then one request probes whether it is back. Pure
// arithmetic over `now`, an uptime. Loop only.
class Breaker {
 public:
  static constexpr int kThreshold = 5;  // failures in a row
  static constexpr absl::Duration kFirstPause = absl::Seconds(5);
  static constexpr absl::Duration kLongestPause = absl::Minutes(1);

  // `random` returns numbers from 0 up to 1.
  explicit Breaker(std::function<double()> random)
      : random_(std::move(random)) {}

  // OK when a request may be made now; the caller must then report its end with
  // one of the three functions below. Otherwise Unavailable, with the time to
  // wait.
  absl::Status Admit(absl::Duration now);

  void OnAnswer();
  void OnFailure(absl::Duration now);
  // Reports that the request was not made after all.
  void OnNotSent();

  bool open() const { return state_ != State::kClosed; }
  // The uptime from which the next request may be made; in the past while the
  // breaker is closed.
  absl::Duration until() const {
    return open() ? until_ : -absl::InfiniteDuration();
  }

 private:
  enum class State {
    kClosed,   // all requests are made
    kOpen,     // no request is made before `until_`
    kProbing,  // one request is under way, as a probe
  };

  void Open(absl::Duration now);

  const std::function<double()> random_;
  State state_ = State::kClosed;
  int failures_ = 0;  // in a row
  absl::Duration pause_ = kFirstPause;
  absl::Duration until_ = -absl::InfiniteDuration();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_BREAKER_H_
