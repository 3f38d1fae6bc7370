#ifndef VTLOOKUP_VIRUSTOTAL_CALENDAR_WINDOW_H_
#define VTLOOKUP_VIRUSTOTAL_CALENDAR_WINDOW_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/clock.h"

namespace vtlookup {

// The start of the next day and month in UTC, when VirusTotal's quotas turn.
absl::Time NextUtcDay(absl::Time now);
absl::Time NextUtcMonth(absl::Time now);

// A day or a month as VirusTotal counts them, from 00:00 UTC. Its end is fixed
// in uptime when it begins, so that setting the clock opens no window before
// its time. The next one begins at the first midnight (of the clock as it then
// is) that is not before this end, but for a margin: after the clock has been
// set, a window may last longer than it should, never shorter. Pure arithmetic;
// one owner.
class CalendarWindow {
 public:
  enum class Kind : uint8_t { kDay, kMonth };

  // How much earlier than foretold a window may end, since clocks are
  // corrected a little now and then. A month may be out by half a day (a time
  // zone), because missing its turn would cost a month.
  static constexpr absl::Duration kDayMargin = absl::Minutes(10);
  static constexpr absl::Duration kMonthMargin = absl::Hours(12);

  explicit CalendarWindow(Kind kind) : kind_(kind) {}

  // Begins a new window where one is due, and then returns true.
  bool Turn(const Moment& now);

  // How long until the next one begins, after Turn(now).
  absl::Duration Left(const Moment& now) const;

  // Whether something that happened at `uptime` belongs to this window.
  bool Holds(absl::Duration uptime) const { return uptime >= begin_; }

  // The end, in uptime; and a window that a process before has begun.
  absl::Duration end() const { return end_; }
  void Restore(absl::Duration end);

 private:
  absl::Time BeginOf(absl::Time now) const;
  absl::Time NextAfter(absl::Time now) const;
  absl::Duration margin() const {
    return kind_ == Kind::kDay ? kDayMargin : kMonthMargin;
  }

  Kind kind_;
  // In uptime. The first window begins with the first Turn.
  absl::Duration begin_ = -absl::InfiniteDuration();
  absl::Duration end_ = -absl::InfiniteDuration();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_CALENDAR_WINDOW_H_
