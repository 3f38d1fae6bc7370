#include "server/verdicts/acceptance.h"

#include "core/response_code.h"

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
  // "Not known" does not answer who wants such a URL to be scanned, unless
  // that has been asked for already.
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

}  // namespace vtlookup
