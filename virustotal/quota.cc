#include "virustotal/quota.h"

#include <algorithm>

#include "virustotal/failures.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);
constexpr int64_t kSmallStep = 86400;  // seconds

absl::CivilSecond Utc(absl::Time now) {
  return absl::ToCivilSecond(now, absl::UTCTimeZone());
}

bool Full(uint32_t share, uint32_t used, size_t ahead) {
  return used >= share || ahead >= share - used;
}

const char* NameOf(Quota::Window window) {
  switch (window) {
    case Quota::Window::kDay:
      return "day";
    case Quota::Window::kMonth:
      return "month";
    default:
      return "minute";
  }
}

}  // namespace

absl::Time NextUtcDay(absl::Time now) {
  return absl::FromCivil(absl::CivilDay(Utc(now)) + 1, absl::UTCTimeZone());
}

absl::Time NextUtcMonth(absl::Time now) {
  return absl::FromCivil(absl::CivilMonth(Utc(now)) + 1, absl::UTCTimeZone());
}

absl::Status QuotaFailureOf(const Quota::Opening& opening, absl::Time now) {
  return QuotaUsedUp(NameOf(opening.window), opening.at - now);
}

// Opens new windows where the calendar has moved on.
void Quota::Turn(absl::Time now) {
  while (!last_minute_.empty() && last_minute_.front() + kMinute <= now) {
    last_minute_.pop_front();
  }
  // A clock that was set back must not make us wait for the old time, nor
  // forget what was asked.
  for (absl::Time& at : last_minute_) at = std::min(at, now);
  const absl::CivilSecond day(absl::CivilDay{Utc(now)});
  const absl::CivilSecond month(absl::CivilMonth{Utc(now)});
  // Nor does a small step back open a window anew.
  if (day_.start < day || day_.start > day + kSmallStep) day_ = {day, 0};
  if (month_.start < month || month_.start > day + kSmallStep) {
    month_ = {month, 0};
  }
}

// What a lane may use of a calendar window.
uint32_t Quota::ShareOf(Lane lane, uint32_t limit) const {
  switch (lane) {
    case Lane::kInteractive:
      return limit;
    case Lane::kBulk:
      return limit - static_cast<uint32_t>(uint64_t{limit} *
                                           limits_.reserve_percent / 100);
    case Lane::kBackground:
      return limit / 2;
  }
  return limit;
}

// When the window of a minute has room for one more after `ahead` others, each
// of which is made as soon as it may be: the slots repeat every minute.
absl::Time Quota::MinuteSlot(uint32_t limit, size_t ahead,
                             absl::Time now) const {
  const size_t used = last_minute_.size();
  if (limit == 0 || used + ahead < limit) return now;
  size_t behind = used + ahead - limit;  // which slot it must wait for
  absl::Duration later = kMinute;
  while (behind >= limit) {
    behind -= limit;
    later += kMinute;
  }
  return (behind < used ? last_minute_[behind] : now) + later;
}

Quota::Opening Quota::OpeningFor(Lane lane, size_t ahead, absl::Time now) {
  Turn(now);
  if (limits_.per_month != 0 &&
      Full(ShareOf(lane, limits_.per_month), month_.used, ahead)) {
    return {NextUtcMonth(now), Window::kMonth};
  }
  if (limits_.per_day != 0 &&
      Full(ShareOf(lane, limits_.per_day), day_.used, ahead)) {
    return {std::max(NextUtcDay(now), paused_until_), Window::kDay};
  }
  if (now < paused_until_) return {paused_until_, paused_by_};
  // What is in the background leaves half of the minute to others.
  const bool background = lane == Lane::kBackground;
  const uint32_t limit = background && limits_.per_minute > 1
                             ? limits_.per_minute / 2
                             : limits_.per_minute;
  const absl::Time slot = MinuteSlot(limit, ahead, now);
  return {slot, slot > now ? Window::kMinute : Window::kNone};
}

void Quota::Count(absl::Time now) {
  Turn(now);
  if (limits_.per_minute != 0) last_minute_.push_back(now);
  ++day_.used;
  ++month_.used;
}

void Quota::CountInMinute(absl::Time at) { last_minute_.push_back(at); }

void Quota::Refund(absl::Time counted_at) {
  const auto taken =
      std::find(last_minute_.begin(), last_minute_.end(), counted_at);
  if (taken != last_minute_.end()) last_minute_.erase(taken);
  // A window that has turned meanwhile has not counted it.
  const absl::CivilSecond second = Utc(counted_at);
  if (day_.used > 0 && second >= day_.start) --day_.used;
  if (month_.used > 0 && second >= month_.start) --month_.used;
}

void Quota::SetUsed(uint32_t day, uint32_t month, absl::Time now) {
  Turn(now);
  day_.used = std::max(day_.used, day);
  month_.used = std::max(month_.used, month);
}

void Quota::Correct(const Told& told, absl::Time now) {
  Turn(now);
  if (told.day.has_value()) {
    // A limit of 0 would mean none.
    limits_.per_day = std::max(told.day->allowed, 1U);
    day_.used = std::max(day_.used, told.day->used);
  }
  if (told.month.has_value()) {
    limits_.per_month = std::max(told.month->allowed, 1U);
    month_.used = std::max(month_.used, told.month->used);
  }
}

void Quota::PauseUntil(absl::Time when, Window window) {
  if (when <= paused_until_) return;
  paused_until_ = when;
  paused_by_ = window;
}

Quota::Usage Quota::UsageAt(absl::Time now) {
  Turn(now);
  return {.minute = static_cast<uint32_t>(last_minute_.size()),
          .day = day_.used,
          .month = month_.used,
          .paused_until = paused_until_,
          .paused_by = paused_by_};
}

}  // namespace vtlookup
