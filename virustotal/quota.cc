#include "virustotal/quota.h"

#include <algorithm>

#include "virustotal/failures.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kMinute = absl::Minutes(1);

bool Full(uint32_t limit, uint32_t used) { return limit != 0 && used >= limit; }

absl::Time StartOfNext(absl::CivilDay day) {
  return absl::FromCivil(day + 1, absl::UTCTimeZone());
}

absl::Time StartOfNext(absl::CivilMonth month) {
  return absl::FromCivil(month + 1, absl::UTCTimeZone());
}

}  // namespace

// Opens new windows where the calendar has moved on.
void Quota::Turn(absl::Time now) {
  while (!last_minute_.empty() && last_minute_.front() + kMinute <= now) {
    last_minute_.pop_front();
  }
  // A clock that was set back must not make us wait for the old time.
  while (!last_minute_.empty() && last_minute_.back() > now) {
    last_minute_.pop_back();
  }
  const absl::CivilSecond second =
      absl::ToCivilSecond(now, absl::UTCTimeZone());
  const absl::CivilSecond day(absl::CivilDay{second});
  const absl::CivilSecond month(absl::CivilMonth{second});
  if (day_.start != day) day_ = {day, 0};
  if (month_.start != month) month_ = {month, 0};
}

absl::Status Quota::Take(absl::Time now) {
  Turn(now);
  if (Full(limits_.per_month, month_.used)) {
    return QuotaUsedUp("month",
                       StartOfNext(absl::CivilMonth(month_.start)) - now);
  }
  if (Full(limits_.per_day, day_.used)) {
    return QuotaUsedUp("day", StartOfNext(absl::CivilDay(day_.start)) - now);
  }
  if (now < paused_until_) return QuotaUsedUp("minute", paused_until_ - now);
  if (Full(limits_.per_minute, static_cast<uint32_t>(last_minute_.size()))) {
    return QuotaUsedUp("minute", last_minute_.front() + kMinute - now);
  }
  if (limits_.per_minute != 0) last_minute_.push_back(now);
  ++day_.used;
  ++month_.used;
  return absl::OkStatus();
}

void Quota::Refund(absl::Time taken_at) {
  const auto taken =
      std::find(last_minute_.begin(), last_minute_.end(), taken_at);
  if (taken != last_minute_.end()) last_minute_.erase(taken);
  // A window that has turned meanwhile has not counted it.
  const absl::CivilSecond second =
      absl::ToCivilSecond(taken_at, absl::UTCTimeZone());
  if (day_.used > 0 && second >= day_.start) --day_.used;
  if (month_.used > 0 && second >= month_.start) --month_.used;
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

void Quota::PauseUntil(absl::Time when) {
  paused_until_ = std::max(paused_until_, when);
}

}  // namespace vtlookup
