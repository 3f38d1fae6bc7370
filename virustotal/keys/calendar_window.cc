#include "virustotal/keys/calendar_window.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace vtlookup {
namespace {

absl::CivilSecond Utc(absl::Time now) {
  return absl::ToCivilSecond(now, absl::UTCTimeZone());
}

}  // namespace

absl::Time NextUtcDay(absl::Time now) {
  return absl::FromCivil(absl::CivilDay(Utc(now)) + 1, absl::UTCTimeZone());
}

absl::Time NextUtcMonth(absl::Time now) {
  return absl::FromCivil(absl::CivilMonth(Utc(now)) + 1, absl::UTCTimeZone());
}

absl::Time CalendarWindow::BeginOf(absl::Time now) const {
  return kind_ == Kind::kDay
             ? absl::FromCivil(absl::CivilDay(Utc(now)), absl::UTCTimeZone())
             : absl::FromCivil(absl::CivilMonth(Utc(now)), absl::UTCTimeZone());
}

absl::Time CalendarWindow::NextAfter(absl::Time now) const {
  return kind_ == Kind::kDay ? NextUtcDay(now) : NextUtcMonth(now);
}

bool CalendarWindow::Turn(const Moment& now) {
  // The uptime of the last midnight, as the clock tells it now.
  const absl::Duration begin = now.uptime - (now.time - BeginOf(now.time));
  if (begin < end_ - margin()) return false;
  begin_ = begin;
  end_ = now.uptime + (NextAfter(now.time) - now.time);
  return true;
}

absl::Duration CalendarWindow::Left(const Moment& now) const {
  absl::Time next = NextAfter(now.time);
  // A midnight that comes too early begins no window.
  while (now.uptime + (next - now.time) < end_ - margin()) {
    next = NextAfter(next);
  }
  return next - now.time;
}

void CalendarWindow::Restore(absl::Duration end) {
  begin_ = -absl::InfiniteDuration();
  end_ = end;
}

}  // namespace vtlookup
