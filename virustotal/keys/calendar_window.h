#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_CALENDAR_WINDOW_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_CALENDAR_WINDOW_H_

#include <cstdint>

#include "absl/time/time.h"
#include "core/clock.h"

namespace vtlookup {

// The start of the next day and month in UTC, when VirusTotal's quotas are
// reset.
absl::Time NextUtcDay(absl::Time now);
absl::Time NextUtcMonth(absl::Time now);

// The current quota window: a day or a month as VirusTotal counts them, from
// 00:00 UTC. When a window begins its end is fixed in uptime, so that setting
// the clock opens no window before its time. The next window begins at the
// first midnight (of the clock as it is then) that is not before this end minus
// a margin. So after the clock has been set, a window may last longer than it
// should, but shorter by the margin at most. Pure arithmetic; one thread at a
// time.
class CalendarWindow {
 public:
  enum class Kind : uint8_t { kDay, kMonth };

  // How much earlier than its fixed end a window may end, since clocks are
  // corrected a little now and then. For a month it is half a day (a wrong time
  // zone), because missing the beginning of a month would cost a month.
  static constexpr absl::Duration kDayMargin = absl::Minutes(10);
  static constexpr absl::Duration kMonthMargin = absl::Hours(12);

  explicit CalendarWindow(Kind kind) : kind_(kind) {}

  // Begins a new window if one is due, and then returns true.
  bool Turn(const Moment& now);

  // How long until the next window begins. After Turn(now).
  absl::Duration Left(const Moment& now) const;

  // Whether something that happened at `uptime` belongs to this window.
  bool Holds(absl::Duration uptime) const { return uptime >= begin_; }

  // The end of this window, in uptime.
  absl::Duration end() const { return end_; }
  // Goes on with the window of an earlier process, of this boot of the machine,
  // that ends at `end`.
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

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_CALENDAR_WINDOW_H_
