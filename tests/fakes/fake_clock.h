#ifndef VTLOOKUP_TESTS_FAKES_FAKE_CLOCK_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "core/clock.h"

namespace vtlookup {

// A clock that tests move. Thread-safe.
class FakeClock final : public Clock {
 public:
  // 2026-11-24 07:00:00 UTC, on a machine that has run for some time.
  explicit FakeClock(absl::Time now = absl::FromUnixSeconds(1795503600))
      : ahead_(absl::ToUnixMicros(now) - kFirstUptime) {}

  absl::Time Now() const override {
    return absl::FromUnixMicros(uptime_.fetch_add(step_) + ahead_);
  }
  absl::Duration Uptime() const override {
    return absl::Microseconds(uptime_.fetch_add(step_));
  }
  // Makes two readings give two times, as on a real clock.
  void MoveWithEachLook() { step_ = 1; }
  void Advance(absl::Duration by) { uptime_ += absl::ToInt64Microseconds(by); }
  // Changes the time of day as an administrator does; no time passes.
  void Set(absl::Duration by) { ahead_ += absl::ToInt64Microseconds(by); }

 private:
  static constexpr int64_t kFirstUptime = 1'000'000'000'000;

  mutable std::atomic<int64_t> uptime_ = kFirstUptime;  // microseconds
  std::atomic<int64_t> ahead_;  // the time of day minus the uptime
  std::atomic<int64_t> step_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_CLOCK_H_
