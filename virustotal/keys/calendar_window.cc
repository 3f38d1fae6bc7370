#include "virustotal/keys/calendar_window.h"

namespace vtlookup {

bool CalendarWindow::Roll(const Moment& now) {
  // The uptime at which the window began, as the clock tells it now.
  const absl::Duration begin =
      now.uptime - (now.time - spec().begin(now.time, 0));
  if (begin < end_ - spec().margin) return false;
  begin_ = begin;
  end_ = now.uptime + (spec().begin(now.time, 1) - now.time);
  return true;
}

absl::Duration CalendarWindow::Left(const Moment& now) const {
  absl::Time next = spec().begin(now.time, 1);
  // A beginning that comes too early begins no window.
  while (now.uptime + (next - now.time) < end_ - spec().margin) {
    next = spec().begin(next, 1);
  }
  return next - now.time;
}

void CalendarWindow::Restore(absl::Duration end) {
  begin_ = -absl::InfiniteDuration();
  end_ = end;
}

}  // namespace vtlookup
