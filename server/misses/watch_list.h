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

// Who wants to hear of each verdict that VirusTotal gives about an indicator.
// Loop only. Callbacks may add and remove watchers.
class WatchList {
 public:
  using Id = uint64_t;
  // Runs for each verdict; a status is the last it gets.
  using OnVerdict = absl::AnyInvocable<void(absl::StatusOr<Answer>)>;

  void Add(Id id, std::string key, OnVerdict on_verdict);
  // False when there is no such watcher.
  bool Remove(Id id);
  // The same, and tells it.
  bool End(Id id, const absl::Status& status);

  bool Any(const std::string& key) const { return by_key_.contains(key); }
  size_t size() const { return watchers_.size(); }

  void Tell(const std::string& key, const Answer& answer);
  // Tells all, and removes them.
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
