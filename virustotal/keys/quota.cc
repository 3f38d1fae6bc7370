#include "virustotal/keys/quota.h"

#include <algorithm>

#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);
// AssumeUsed leaves at least this part of day and month (one in kLeastPart):
// otherwise we could not even ask VirusTotal for the true counts.
constexpr uint32_t kLeastPart = 20;

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

absl::Status QuotaFailureOf(const Quota::Opening& opening, absl::Time now) {
  return QuotaUsedUp(NameOf(opening.window), opening.at - now);
}

void Quota::Turn(Calendar& calendar, const Moment& now) {
  if (!calendar.window.Turn(now)) return;
  calendar.used = 0;
  calendar.assumed = 0;
}

// Begins new windows where the time has come.
void Quota::Turn(const Moment& now) {
  while (!last_minute_.empty() &&
         last_minute_.front() + kMinute <= now.uptime) {
    last_minute_.pop_front();
  }
  Turn(day_, now);
  Turn(month_, now);
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

// How long until the window of a minute has room for one more request after
// `ahead` others, each of which is made as soon as it may be. With all requests
// numbered in order, those of the last minute included, request p may be made a
// minute after request p - limit; so the moments repeat every minute.
absl::Duration Quota::MinuteWait(uint32_t limit, size_t ahead,
                                 absl::Duration now) const {
  const size_t ended = last_minute_.size();
  const size_t used = ended + under_way_.size();
  if (limit == 0 || used + ahead < limit) return absl::ZeroDuration();
  const auto at = [&](size_t number) {
    return number < ended ? last_minute_[number] : now;
  };
  const size_t before = used + ahead - limit;
  if (before < used) return at(before) + kMinute - now;
  // How many minutes earlier one of the requests that are known is made.
  const size_t minutes = (before - used) / limit + 1;
  const size_t back = minutes * limit;
  const absl::Duration known = before < back ? now : at(before - back);
  const auto later =
      static_cast<int64_t>(before < back ? minutes : minutes + 1);
  return known + later * kMinute - now;
}

Quota::Opening Quota::OpeningFor(Lane lane, size_t ahead, const Moment& now) {
  Turn(now);
  if (limits_.per_month != 0 &&
      Full(ShareOf(lane, limits_.per_month), month_.used, ahead)) {
    return {now.time + month_.window.Left(now), Window::kMonth};
  }
  const absl::Duration pause = paused_until_ - now.uptime;
  if (limits_.per_day != 0 &&
      Full(ShareOf(lane, limits_.per_day), day_.used, ahead)) {
    return {now.time + std::max(day_.window.Left(now), pause), Window::kDay};
  }
  if (pause > absl::ZeroDuration()) return {now.time + pause, paused_by_};
  // The background lane leaves half of the minute to the others.
  const bool background = lane == Lane::kBackground;
  const uint32_t limit = background && limits_.per_minute > 1
                             ? limits_.per_minute / 2
                             : limits_.per_minute;
  const absl::Duration wait = MinuteWait(limit, ahead, now.uptime);
  return {now.time + wait,
          wait > absl::ZeroDuration() ? Window::kMinute : Window::kNone};
}

void Quota::Count(const Moment& now) {
  Turn(now);
  if (limits_.per_minute != 0) under_way_.insert(now.uptime);
  ++day_.used;
  ++month_.used;
}

void Quota::Ended(absl::Duration counted_at, absl::Duration now) {
  const auto found = under_way_.find(counted_at);
  if (found == under_way_.end()) return;  // counted without a limit
  under_way_.erase(found);
  if (limits_.per_minute != 0) InsertIntoMinute(now);
}

void Quota::InsertIntoMinute(absl::Duration ended_at) {
  last_minute_.insert(
      std::upper_bound(last_minute_.begin(), last_minute_.end(), ended_at),
      ended_at);
}

void Quota::Refund(absl::Duration counted_at) {
  const auto found = under_way_.find(counted_at);
  if (found != under_way_.end()) under_way_.erase(found);
  // A window that began meanwhile has not counted the request.
  for (Calendar* const calendar : {&day_, &month_}) {
    if (calendar->used > 0 && calendar->window.Holds(counted_at)) {
      --calendar->used;
    }
  }
}

void Quota::SetUsed(uint32_t day, uint32_t month, const Moment& then) {
  Turn(then);
  day_.used = std::max(day_.used, day);
  month_.used = std::max(month_.used, month);
}

void Quota::CountInMinute(absl::Duration ended_at) {
  if (limits_.per_minute != 0) InsertIntoMinute(ended_at);
}

void Quota::SetAssumed(uint32_t day, uint32_t month) {
  day_.assumed = std::min(day, day_.used);
  month_.assumed = std::min(month, month_.used);
}

void Quota::RestoreDay(absl::Duration end, uint32_t used) {
  day_.window.Restore(end);
  day_.used = used;
}

void Quota::RestoreMonth(absl::Duration end, uint32_t used) {
  month_.window.Restore(end);
  month_.used = used;
}

void Quota::EndAll(absl::Duration now) {
  for (const absl::Duration counted_at : under_way_) {
    InsertIntoMinute(std::min(counted_at + kLongestTravel, now));
  }
  under_way_.clear();
}

uint32_t Quota::AssumedOf(uint32_t limit) const {
  const uint32_t least = std::max(limit / kLeastPart, 1U);
  return limit == 0 ? 0 : std::min(ShareOf(Lane::kBulk, limit), limit - least);
}

void Quota::AssumeUsed(const Moment& now) {
  Turn(now);
  for (const auto& [calendar, limit] :
       {std::pair(&day_, limits_.per_day), {&month_, limits_.per_month}}) {
    const uint32_t used = AssumedOf(limit);
    if (used <= calendar->used) continue;
    calendar->assumed += used - calendar->used;
    calendar->used = used;
  }
}

void Quota::AddUsed(uint32_t count, const Moment& now) {
  Turn(now);
  day_.used += count;
  month_.used += count;
}

void Quota::Correct(const Told::Window& told, Calendar& calendar) {
  calendar.used = std::max(calendar.used - calendar.assumed, told.used);
  calendar.assumed = 0;
}

void Quota::Correct(const Told& told, const Moment& now) {
  Turn(now);
  // A limit of 0 would mean none.
  if (told.day.has_value()) {
    limits_.per_day = std::max(told.day->allowed, 1U);
    Correct(*told.day, day_);
  }
  if (told.month.has_value()) {
    limits_.per_month = std::max(told.month->allowed, 1U);
    Correct(*told.month, month_);
  }
}

void Quota::PauseUntil(absl::Duration uptime, Window window,
                       const Moment& now) {
  const bool day = window == Window::kDay;
  const absl::Duration midnight = NextUtcDay(now.time) - now.time;
  if (uptime - now.uptime > (day ? midnight : kLongestPause)) {
    uptime = now.uptime + (day ? midnight : kMinute);
  }
  if (uptime <= paused_until_) return;
  paused_until_ = uptime;
  paused_by_ = window;
}

Quota::Usage Quota::UsageAt(const Moment& now) {
  Turn(now);
  return {
      .minute = static_cast<uint32_t>(last_minute_.size() + under_way_.size()),
      .day = day_.used,
      .month = month_.used,
      .day_turns = now.time + day_.window.Left(now),
      .month_turns = now.time + month_.window.Left(now),
      .paused_until = now.time + (paused_until_ - now.uptime),
      .paused_by = paused_by_};
}

Quota::Parts Quota::parts() const {
  Parts parts{.minute = last_minute_,
              .day_end = day_.window.end(),
              .month_end = month_.window.end(),
              .day_assumed = day_.assumed,
              .month_assumed = month_.assumed,
              .paused_until = paused_until_,
              .paused_by = paused_by_};
  for (const absl::Duration counted_at : under_way_) {
    parts.minute.push_back(counted_at + kLongestTravel);
  }
  return parts;
}

}  // namespace vtlookup
