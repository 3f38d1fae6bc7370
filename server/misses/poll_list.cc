#include "server/misses/poll_list.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

constexpr absl::Duration kLongest = absl::Hours(24);
constexpr absl::Duration kShortestPause = absl::Seconds(1);

}  // namespace

PollList::PollList(size_t max, const Clock& clock, Loop& loop, OnDue on_due)
    : max_(max), clock_(clock), loop_(loop), on_due_(std::move(on_due)) {}

bool PollList::Put(const Indicator& indicator, absl::Time when, Payer payer) {
  if (closed_) return true;  // the daemon stops; this is no refusal to count
  const Moment now = clock_.ReadMoment();
  const std::string& key = indicator.key();
  absl::Duration since = now.uptime;
  if (const auto old = items_.find(key); old != items_.end()) {
    since = old->second.since;
    payer = old->second.payer;
    Remove(key);
  } else if (items_.size() >= max_) {
    return false;
  }
  if (now.uptime - since > kLongest) return true;
  // After kLongest the item is given up in any case.
  const absl::Duration pause =
      std::clamp(when - now.time, kShortestPause, kLongest);
  const auto due = [this, key] {
    // The callee gets copies, because it may remove the item.
    const Indicator item = items_.at(key).indicator;
    const Payer of_item = items_.at(key).payer;
    on_due_(item, of_item);
  };
  items_.emplace(key, Item{.indicator = indicator,
                           .payer = std::move(payer),
                           .since = since,
                           .timer = loop_.After(pause, due)});
  return true;
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
