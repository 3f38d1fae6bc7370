#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_CALENDAR_WINDOW_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_CALENDAR_WINDOW_H_

#include "absl/time/time.h"
#include "core/clock.h"
#include "virustotal/keys/quota_windows.h"

namespace vtlookup {

// The current window of a kind, such as the current day, as VirusTotal counts
// it. When a window begins its end is fixed in uptime, so that setting the
// clock opens no window before its time. The next window begins at the first
// moment (of the clock as it is then) at which a window of its kind begins, and
// which is not before this end minus a margin; clocks are corrected a little
// now and then, so the margin lets such a correction pass. So after the clock
// has been set, a window may last longer than it should, but shorter by the
// margin at most. Pure arithmetic; one thread at a time.
class CalendarWindow {
 public:
  explicit CalendarWindow(WindowKind kind) : kind_(kind) {}

  // Begins a new window if one is due, and then returns true.
  bool Roll(const Moment& now);

  // How long until the next window begins. After Roll(now).
  absl::Duration Left(const Moment& now) const;

  // Whether something that happened at `uptime` belongs to this window.
  bool Holds(absl::Duration uptime) const { return uptime >= begin_; }

  // The end of this window, in uptime.
  absl::Duration end() const { return end_; }
  // Goes on with the window of an earlier process, of this boot of the machine,
  // that ends at `end`.
  void Restore(absl::Duration end);

 private:
  const WindowSpec& spec() const { return SpecOf(kind_); }

  WindowKind kind_;
  // In uptime. The first window begins with the first Roll.
  absl::Duration begin_ = -absl::InfiniteDuration();
  absl::Duration end_ = -absl::InfiniteDuration();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_CALENDAR_WINDOW_H_
