#include "server/misses/failure_backoff.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/failure.h"

namespace vtlookup {

void FailureBackoff::Note(const std::string& key, const absl::Status& failure,
                          absl::Duration now) {
  absl::Duration pause = kFirst;
  if (const auto old = entries_.find(key); old != entries_.end()) {
    pause = std::min(old->second.pause * 2, kLongest);
    Forget(key);
  }
  pause = std::max(pause, FailureOf(failure).retry_after.value_or(pause));
  order_.push_back(key);
  entries_.emplace(key, Entry{.failure = failure,
                              .pause = pause,
                              .until = now + pause,
                              .order = std::prev(order_.end())});
  if (entries_.size() > max_entries_) Forget(std::string(order_.front()));
}

void FailureBackoff::Forget(const std::string& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return;
  order_.erase(found->second.order);
  entries_.erase(found);
}

std::optional<absl::Status> FailureBackoff::Find(const std::string& key,
                                                 absl::Duration now) const {
  const auto found = entries_.find(key);
  if (found == entries_.end() || now >= found->second.until) {
    return std::nullopt;
  }
  const absl::Status& failure = found->second.failure;
  Failure what = FailureOf(failure);
  what.retry_after = found->second.until - now;
  return FailureStatus(failure.code(), std::string(failure.message()), what);
}

}  // namespace vtlookup
