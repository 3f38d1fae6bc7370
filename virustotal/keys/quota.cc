#include "virustotal/keys/quota.h"

#include <algorithm>

#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);
// AssumeUsed leaves at least this part of a window (one in kLeastPart):
// otherwise we could not even ask VirusTotal for the true counts.
constexpr uint32_t kLeastPart = 20;

bool Full(uint32_t share, uint32_t used, size_t ahead) {
  return used >= share || ahead >= share - used;
}

}  // namespace

absl::Status QuotaFailureOf(const Quota::Opening& opening, absl::Time now) {
  const absl::Duration left = opening.at - now;
  if (!opening.pause.has_value()) return QuotaUsedUp(opening.window, left);
  switch (*opening.pause) {
    case Quota::Pause::kTooMany:
      return TooManyRequests(left);
    case Quota::Pause::kDay:
      return QuotaUsedUp(opening.window, left);
    case Quota::Pause::kQuota:
      break;
  }
  return QuotaPaused(left);
}

Quota::Quota(Limits limits)
    : limits_(limits), calendars_(MakePerWindow([](WindowKind kind) {
        return Calendar{.window = CalendarWindow(kind)};
      })) {}

void Quota::RollWindows(Calendar& calendar, const Moment& now) {
  if (!calendar.window.Roll(now)) return;
  calendar.used = 0;
  calendar.assumed = 0;
}

// Begins new windows where the time has come.
void Quota::RollWindows(const Moment& now) {
  while (!last_minute_.empty() &&
         last_minute_.front() + kMinute <= now.uptime) {
    last_minute_.pop_front();
  }
  for (Calendar& calendar : calendars_.values) RollWindows(calendar, now);
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
  RollWindows(now);
  const absl::Duration pause = paused_until_ - now.uptime;
  // The windows are in the order of their length. Of several without room the
  // longest one has room again last.
  const WindowSpec* full = nullptr;
  for (const WindowSpec& spec : kWindowSpecs) {
    const uint32_t limit = limits_.*spec.limit;
    const uint32_t used = calendars_[spec.kind].used;
    if (limit != 0 && Full(ShareOf(lane, limit), used, ahead)) full = &spec;
  }
  if (full != nullptr) {
    const absl::Duration left = calendars_[full->kind].window.Left(now);
    return {now.time + std::max(left, pause), full->name};
  }
  if (pause > absl::ZeroDuration()) {
    return {.at = now.time + pause,
            .window = SpecOf(WindowKind::kDay).name,
            .pause = paused_by_};
  }
  // The background lane leaves half of the minute to the others.
  const bool background = lane == Lane::kBackground;
  const uint32_t limit = background && limits_.per_minute > 1
                             ? limits_.per_minute / 2
                             : limits_.per_minute;
  const absl::Duration wait = MinuteWait(limit, ahead, now.uptime);
  return {.at = now.time + wait};
}

void Quota::Count(const Moment& now) {
  RollWindows(now);
  if (limits_.per_minute != 0) under_way_.insert(now.uptime);
  for (Calendar& calendar : calendars_.values) ++calendar.used;
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
  for (Calendar& calendar : calendars_.values) {
    if (calendar.used > 0 && calendar.window.Holds(counted_at)) {
      --calendar.used;
    }
  }
}

void Quota::SetUsed(WindowKind kind, uint32_t used, const Moment& then) {
  RollWindows(then);
  Calendar& calendar = calendars_[kind];
  calendar.used = std::max(calendar.used, used);
}

void Quota::CountInMinute(absl::Duration ended_at) {
  if (limits_.per_minute != 0) InsertIntoMinute(ended_at);
}

void Quota::SetAssumed(WindowKind kind, uint32_t assumed) {
  Calendar& calendar = calendars_[kind];
  calendar.assumed = std::min(assumed, calendar.used);
}

void Quota::RestoreWindow(WindowKind kind, absl::Duration end, uint32_t used) {
  Calendar& calendar = calendars_[kind];
  calendar.window.Restore(end);
  calendar.used = used;
  calendar.assumed = 0;
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
  RollWindows(now);
  for (const WindowSpec& spec : kWindowSpecs) {
    Calendar& calendar = calendars_[spec.kind];
    const uint32_t used = AssumedOf(limits_.*spec.limit);
    if (used <= calendar.used) continue;
    calendar.assumed += used - calendar.used;
    calendar.used = used;
  }
}

void Quota::AddUsed(uint32_t count, const Moment& now) {
  RollWindows(now);
  for (Calendar& calendar : calendars_.values) calendar.used += count;
}

void Quota::Correct(const Told& told, const Moment& now) {
  RollWindows(now);
  for (const WindowSpec& spec : kWindowSpecs) {
    const std::optional<Allowance>& allowance = told[spec.kind];
    if (!allowance.has_value()) continue;
    // A limit of 0 would mean none.
    limits_.*spec.limit = std::max(allowance->allowed, 1U);
    Calendar& calendar = calendars_[spec.kind];
    calendar.used = std::max(calendar.used - calendar.assumed, allowance->used);
    calendar.assumed = 0;
  }
}

void Quota::PauseUntil(absl::Duration uptime, Pause pause, const Moment& now) {
  const bool day = pause == Pause::kDay;
  const absl::Duration midnight = BeginOfUtcDay(now.time, 1) - now.time;
  if (uptime - now.uptime > (day ? midnight : kLongestPause)) {
    uptime = now.uptime + (day ? midnight : kMinute);
  }
  if (uptime <= paused_until_) return;
  paused_until_ = uptime;
  paused_by_ = pause;
}

Quota::Usage Quota::UsageAt(const Moment& now) {
  RollWindows(now);
  return {
      .minute = static_cast<uint32_t>(last_minute_.size() + under_way_.size()),
      .windows = MakePerWindow([&](WindowKind kind) {
        const Calendar& calendar = calendars_[kind];
        return Usage::Window{.used = calendar.used,
                             .turns = now.time + calendar.window.Left(now)};
      }),
      .paused_until = now.time + (paused_until_ - now.uptime)};
}

PerWindow<absl::Duration> Quota::ends() const {
  return MakePerWindow(
      [this](WindowKind kind) { return calendars_[kind].window.end(); });
}

Quota::Parts Quota::parts() const {
  Parts parts{.minute = last_minute_,
              .ends = ends(),
              .assumed = MakePerWindow(
                  [this](WindowKind kind) { return calendars_[kind].assumed; }),
              .paused_until = paused_until_,
              .paused_by = paused_by_};
  for (const absl::Duration counted_at : under_way_) {
    parts.minute.push_back(counted_at + kLongestTravel);
  }
  return parts;
}

}  // namespace vtlookup
