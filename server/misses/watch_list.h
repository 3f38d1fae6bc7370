#ifndef VTLOOKUP_SERVER_MISSES_WATCH_LIST_H_
#define VTLOOKUP_SERVER_MISSES_WATCH_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// The watchers: callbacks that run for each verdict that VirusTotal gives about
// an indicator. Loop only. Callbacks may add and remove watchers.
class WatchList {
 public:
  using Id = uint64_t;
  // Runs for each verdict. A status ends the watcher.
  using OnVerdict = absl::AnyInvocable<void(absl::StatusOr<Answer>)>;

  // Adds the watcher `id` of the indicator with this cache key. REQUIRES: there
  // is no watcher with this id.
  void Add(Id id, std::string key, OnVerdict on_verdict);
  // Removes the watcher; its callback is not called. False when there is no
  // such watcher.
  bool Remove(Id id);
  // Removes the watcher, and runs its callback with `status`. False when there
  // is no such watcher.
  bool End(Id id, const absl::Status& status);

  bool Any(const std::string& key) const { return by_key_.contains(key); }
  size_t size() const { return watchers_.size(); }

  // Runs the callback of each watcher of this key.
  void Tell(const std::string& key, const Answer& answer);
  // Removes all watchers, and runs their callbacks with `status`.
  void EndAll(const absl::Status& status);

 private:
  struct Watcher {
    std::string key;
    OnVerdict on_verdict;
  };

  absl::flat_hash_map<Id, Watcher> watchers_;
  absl::flat_hash_map<std::string, absl::flat_hash_set<Id>> by_key_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_WATCH_LIST_H_
