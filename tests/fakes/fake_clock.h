#ifndef VTLOOKUP_TESTS_FAKES_FAKE_CLOCK_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "core/clock.h"

namespace vtlookup {

// A clock that tests move. Thread-safe.
class FakeClock final : public Clock {
 public:
  // 2026-11-24 07:00:00 UTC.
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1795503600))
      : micros_(absl::ToUnixMicros(now)) {}

  absl::Time Now() const override {
    return absl::FromUnixMicros(micros_.fetch_add(step_));
  }
  // As a real clock does: two looks give two times.
  void MoveWithEachLook() { step_ = 1; }
  void Advance(absl::Duration by) { micros_ += absl::ToInt64Microseconds(by); }

 private:
  mutable std::atomic<int64_t> micros_;
  std::atomic<int64_t> step_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_CLOCK_H_
