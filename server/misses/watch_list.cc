#include "server/misses/watch_list.h"

#include <utility>

namespace vtlookup {

void WatchList::Add(Id id, std::string key, OnVerdict on_verdict) {
  by_key_[key].insert(id);
  watchers_.emplace(id, Watcher{std::move(key), std::move(on_verdict)});
}

bool WatchList::Remove(Id id) {
  const auto found = watchers_.find(id);
  if (found == watchers_.end()) return false;
  const auto ids = by_key_.find(found->second.key);
  ids->second.erase(id);
  if (ids->second.empty()) by_key_.erase(ids);
  watchers_.erase(found);
  return true;
}

void WatchList::Tell(const std::string& key, const Answer& answer) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  const std::vector<Id> ids(found->second.begin(), found->second.end());
  for (const Id id : ids) {
    const auto watcher = watchers_.find(id);
    if (watcher == watchers_.end()) continue;  // removed by an earlier callback
    // The callback may change the table, so it is out of the table while it
    // runs.
    OnVerdict on_verdict = std::move(watcher->second.on_verdict);
    on_verdict(answer);
    const auto again = watchers_.find(id);
    if (again != watchers_.end()) {
      again->second.on_verdict = std::move(on_verdict);
    }
  }
}

bool WatchList::End(Id id, const absl::Status& status) {
  const auto found = watchers_.find(id);
  if (found == watchers_.end()) return false;
  OnVerdict on_verdict = std::move(found->second.on_verdict);
  Remove(id);
  on_verdict(status);
  return true;
}

void WatchList::EndAll(const absl::Status& status) {
  auto watchers = std::exchange(watchers_, {});
  by_key_.clear();
  for (auto& [id, watcher] : watchers) watcher.on_verdict(status);
}

}  // namespace vtlookup
