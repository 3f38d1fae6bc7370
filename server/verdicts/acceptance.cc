#include "server/verdicts/acceptance.h"

namespace vtlookup {
namespace {

bool YoungEnough(const Want& want, const Entry& entry, absl::Time now) {
  return want.max_age == absl::InfiniteDuration() ||
         (now - entry.stored <= want.max_age && HasKnownAge(entry, now));
}

}  // namespace

bool Accepts(const Want& want, Kind kind, const Entry& entry,
             const StoredVerdict& head, absl::Time now) {
  if (want.mode == Want::Mode::kRefresh ||
      FreshnessAt(entry, now) != Freshness::kFresh ||
      !YoungEnough(want, entry, now)) {
    return false;
  }
  // "Not known" is no answer for a lookup that wants such a URL to be scanned,
  // unless VirusTotal was asked to scan it already.
  return want.mode == Want::Mode::kCacheOnly || !want.submit_missing ||
         kind != Kind::kUrl || head.response_code != ResponseCode::kMissing ||
         head.asked_to_scan;
}

bool Accepts(const Want& want, const Indicator& indicator, const Entry& entry,
             absl::Time now) {
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(*entry.value);
  return head.ok() && Accepts(want, indicator.kind(), entry, *head, now);
}

bool AcceptsInstead(const Want& want, const Entry& entry, absl::Time now) {
  return want.mode != Want::Mode::kRefresh &&
         FreshnessAt(entry, now) != Freshness::kGone &&
         YoungEnough(want, entry, now) &&
         StoredVerdict::Peek(*entry.value).ok();
}

bool IsHeldBack(const Want& want, ResponseCode code) {
  return code == ResponseCode::kQueued &&
         want.wait_for_final > absl::ZeroDuration() &&
         want.mode != Want::Mode::kCacheOnly;
}

bool AnswersAtOnce(const Want& want, const Indicator& indicator,
                   const Entry& entry, absl::Time now) {
  if (want.mode == Want::Mode::kCacheOnly) {
    return AcceptsInstead(want, entry, now);
  }
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(*entry.value);
  return head.ok() && !IsHeldBack(want, head->response_code) &&
         Accepts(want, indicator.kind(), entry, *head, now);
}

bool StillStandsIn(const Want& want, const Entry& previous,
                   const Entry* current, absl::Time now) {
  return AcceptsInstead(want, previous, now) &&
         (current == nullptr || FreshnessAt(*current, now) != Freshness::kGone);
}

// In whole microseconds: abseil's own arithmetic would be a good part of a
// lookup.
bool SoonExpires(const Entry& entry, absl::Time now) {
  const int64_t until = absl::ToUnixMicros(entry.fresh_until);
  const int64_t left = until - absl::ToUnixMicros(now);
  return left > 0 && left < (until - absl::ToUnixMicros(entry.stored)) / 10;
}

}  // namespace vtlookup
