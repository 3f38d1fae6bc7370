#include "virustotal/breaker.h"

#include <algorithm>

#include "virustotal/http/failures.h"

namespace vtlookup {

absl::Status Breaker::Admit(absl::Duration now) {
  if (state_ == State::kClosed) return absl::OkStatus();
  if (state_ == State::kOpen && now >= until_) {
    state_ = State::kProbing;
    return absl::OkStatus();
  }
  return LeftAlone(std::max(until_ - now, absl::Seconds(1)));
}

void Breaker::OnAnswer() {
  state_ = State::kClosed;
  failures_ = 0;
  pause_ = kFirstPause;
}

void Breaker::OnFailure(absl::Duration now) {
  ++failures_;
  if (state_ == State::kProbing) {
    pause_ = std::min(pause_ * 2, kLongestPause);
    Open(now);
  } else if (state_ == State::kClosed && failures_ >= kThreshold) {
    Open(now);
  }
}

void Breaker::OnNotSent() {
  if (state_ == State::kProbing) state_ = State::kOpen;
}

// The pause is up to a quarter longer, so that daemons do not come back in
// step.
void Breaker::Open(absl::Duration now) {
  state_ = State::kOpen;
  until_ = now + pause_ * (1 + random_() / 4);
}

}  // namespace vtlookup
