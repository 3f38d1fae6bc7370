#ifndef VTLOOKUP_SERVER_MISSES_FAILURE_BACKOFF_H_
#define VTLOOKUP_SERVER_MISSES_FAILURE_BACKOFF_H_

#include <cstddef>
#include <list>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// Remembers which questions have just failed at VirusTotal, so that VirusTotal
// is not asked again at once. The pause doubles with each failure in a row. A
// failure is never remembered as a verdict. Times are uptimes, because a change
// of the system clock does not move them. Loop only.
class FailureBackoff {
 public:
  static constexpr absl::Duration kFirst = absl::Seconds(5);
  static constexpr absl::Duration kLongest = absl::Minutes(5);

  // Remembers at most `max_entries` failures, and evicts the oldest.
  explicit FailureBackoff(size_t max_entries) : max_entries_(max_entries) {}

  // Remembers `failure` of the question `key`, for at least the `retry_after`
  // of the failure.
  void Note(const std::string& key, const absl::Status& failure,
            absl::Duration now);
  // Forgets the question, because it was answered.
  void Forget(const std::string& key);

  // The failure of the question, with the rest of the pause as its
  // `retry_after`. Nothing when the pause is over or `key` is not remembered.
  std::optional<absl::Status> Find(const std::string& key,
                                   absl::Duration now) const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    absl::Status failure;
    absl::Duration pause;
    absl::Duration until;
    std::list<std::string>::iterator order;
  };

  const size_t max_entries_;
  std::list<std::string> order_;  // oldest first
  absl::flat_hash_map<std::string, Entry> entries_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_FAILURE_BACKOFF_H_
