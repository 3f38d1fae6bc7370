#include "server/misses/poll_list.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

constexpr absl::Duration kShortestPause = absl::Seconds(1);

bool IsOld(std::optional<absl::Time> submitted, absl::Time now) {
  return submitted.has_value() && now - *submitted > PollList::kGiveUpAfter;
}

}  // namespace

PollList::PollList(size_t max, const Clock& clock, Loop& loop, OnDue on_due)
    : max_(max), clock_(clock), loop_(loop), on_due_(std::move(on_due)) {}

bool PollList::Put(const Indicator& indicator, absl::Time when, Payer payer,
                   std::optional<absl::Time> submitted) {
  if (closed_) return true;  // the daemon stops; this is no refusal to count
  const Moment now = clock_.ReadMoment();
  const std::string& key = indicator.key();
  absl::Duration since = now.uptime;
  if (const auto old = items_.find(key); old != items_.end()) {
    since = old->second.since;
    payer = old->second.payer;
    if (!submitted.has_value()) submitted = old->second.submitted;
    Remove(key);
  } else if (items_.size() >= max_) {
    return false;
  }
  if (now.uptime - since > kGiveUpAfter) return true;
  // After kGiveUpAfter the item is given up in any case.
  const absl::Duration pause =
      std::clamp(when - now.time, kShortestPause, kGiveUpAfter);
  items_.emplace(
      key, Item{.indicator = indicator,
                .payer = std::move(payer),
                .since = since,
                .submitted = submitted,
                .is_old = IsOld(submitted, now.time),
                .timer = loop_.After(pause, [this, key] { OnTimer(key); })});
  return true;
}

void PollList::OnTimer(const std::string& key) {
  // A copy, because the callee may remove the item.
  const Item item = items_.at(key);
  if (item.is_old && IsOld(item.submitted, clock_.Now())) return Remove(key);
  on_due_(item.indicator, item.payer);
}

void PollList::Remove(const std::string& key) {
  const auto found = items_.find(key);
  if (found == items_.end()) return;
  loop_.CancelTimer(found->second.timer);
  items_.erase(found);
}

void PollList::Close() {
  closed_ = true;
  for (const auto& [key, item] : items_) loop_.CancelTimer(item.timer);
  items_.clear();
}

}  // namespace vtlookup
