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

// Remembers for a little while what failed at VirusTotal, longer each time in a
// row, so that it is not asked in a loop. It is a failure that is remembered,
// never a verdict. Times are uptimes, which nobody can set. Loop only.
class FailureBackoff {
 public:
  static constexpr absl::Duration kFirst = absl::Seconds(5);
  static constexpr absl::Duration kLongest = absl::Minutes(5);

  // Keeps the latest `max_entries`.
  explicit FailureBackoff(size_t max_entries) : max_entries_(max_entries) {}

  void Note(const std::string& key, const absl::Status& failure,
            absl::Duration now);
  void Forget(const std::string& key);

  // The failure, with the time that is left, while it is remembered.
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
