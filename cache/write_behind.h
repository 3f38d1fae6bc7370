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
// writes of one key reach the tier in their order, or only the later does. What
// the tier does not take waits on, within the bound, and is tried again with
// the next Put, by Retry, and for a last time when this is destroyed.
class WriteBehind {
 public:
  // Borrows both; runs on `executor`, which must be drained before this dies.
  WriteBehind(Tier& tier, Executor& executor, size_t max_bytes);

  // Takes an entry to be written. Beyond `max_bytes` of keys and values that
  // wait it is not written, and counted; then this returns false. An older
  // entry of the key does not wait on then either.
  bool Put(std::string_view key, Entry entry) ABSL_LOCKS_EXCLUDED(mu_);

  ~WriteBehind();

  // Tries again what the tier did not take, if there is any.
  void Retry() ABSL_LOCKS_EXCLUDED(mu_);

  // More than half of what may wait does, and is being written: it is worth
  // waiting for that.
  bool HalfFull() ABSL_LOCKS_EXCLUDED(mu_);

  // An entry that was taken and has not reached the tier.
  std::optional<Entry> Get(std::string_view key) ABSL_LOCKS_EXCLUDED(mu_);

  // Adds those whose key is `from` or after it, and is not in `found` yet.
  void AddFrom(std::string_view from, std::map<std::string, Entry>* found)
      ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t refused() const { return refused_.value(); }
  // Entries that the tier did not take at the first try.
  uint64_t failed() const { return failed_.value(); }
  // Bytes of keys and values that have not reached the tier.
  size_t waiting() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Waiting {
    Entry entry;
    bool failed = false;  // once
  };
  using Pending = absl::flat_hash_map<std::string, Waiting>;

  static size_t SizeOf(std::string_view key, const Entry& entry) {
    return key.size() + entry.value->size();
  }

  // Whether the caller must have Drain run.
  bool Take(std::string_view key, Entry entry, bool* taken)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Drain() ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<Tier::Record> TakeSlice() ABSL_LOCKS_EXCLUDED(mu_);
  void ForgetWritten() ABSL_LOCKS_EXCLUDED(mu_);
  void PutBack() ABSL_LOCKS_EXCLUDED(mu_);

  Tier& tier_;
  Executor& executor_;
  const size_t max_bytes_;

  Mutex mu_;
  Pending pending_ ABSL_GUARDED_BY(mu_);   // taken, not yet being written
  Pending writing_ ABSL_GUARDED_BY(mu_);   // on the way to the tier
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;  // of both
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  bool stalled_ ABSL_GUARDED_BY(mu_) = false;  // the tier refused the last

  Counter refused_;
  Counter failed_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_WRITE_BEHIND_H_
