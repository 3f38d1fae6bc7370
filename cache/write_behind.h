#ifndef VTLOOKUP_CACHE_WRITE_BEHIND_H_
#define VTLOOKUP_CACHE_WRITE_BEHIND_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "cache/tier.h"
#include "core/counter.h"
#include "core/executor.h"
#include "core/mutex.h"

namespace vtlookup {

// Writes entries to a tier later, off the caller's thread. Thread-safe. Two
// writes of one key reach the tier in their order, or only the later does.
class WriteBehind {
 public:
  // Borrows both; runs on `executor`, which must be drained before this dies.
  WriteBehind(Tier& tier, Executor& executor, size_t max_bytes);

  // Takes an entry to be written. Beyond `max_bytes` of keys and values that
  // wait it is not written, and counted; then this returns false.
  bool Put(std::string_view key, Entry entry) ABSL_LOCKS_EXCLUDED(mu_);

  // More than half of what may wait does.
  bool HalfFull() ABSL_LOCKS_EXCLUDED(mu_);

  // An entry that was taken and has not reached the tier.
  std::optional<Entry> Get(std::string_view key) ABSL_LOCKS_EXCLUDED(mu_);

  // Adds those whose key is `from` or after it, and is not in `found` yet.
  void AddFrom(std::string_view from, std::map<std::string, Entry>* found)
      ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t refused() const { return refused_.value(); }
  uint64_t failed() const { return failed_.value(); }

 private:
  using Pending = absl::flat_hash_map<std::string, Entry>;

  static size_t SizeOf(std::string_view key, const Entry& entry) {
    return key.size() + entry.value->size();
  }

  void Drain() ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<Tier::Record> TakeSlice() ABSL_LOCKS_EXCLUDED(mu_);

  Tier& tier_;
  Executor& executor_;
  const size_t max_bytes_;

  Mutex mu_;
  Pending pending_ ABSL_GUARDED_BY(mu_);  // taken, not yet being written
  Pending writing_ ABSL_GUARDED_BY(mu_);  // on the way to the tier
  size_t pending_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;

  Counter refused_;
  Counter failed_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_WRITE_BEHIND_H_
