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
// writes of one key reach the tier in their order, or only the later one does.
// Entries that the tier does not take stay, within the bound, and are written
// again with the next Put, by Retry, and for a last time by the destructor.
class WriteBehind {
 public:
  // Borrows both. Writes run on `executor`, which must be drained before this
  // object is destroyed.
  WriteBehind(Tier& tier, Executor& executor, size_t max_bytes);

  // Accepts an entry to be written. If the keys and values that wait would have
  // more than `max_bytes`, the entry is refused and counted, and Put returns
  // false. An older entry that waits under the key is dropped in either case.
  bool Put(std::string_view key, Entry entry) ABSL_LOCKS_EXCLUDED(mu_);

  ~WriteBehind();

  // Writes entries that the tier did not take again, on the executor. Does not
  // wait.
  void Retry() ABSL_LOCKS_EXCLUDED(mu_);

  // Whether more than half of `max_bytes` waits and the tier takes entries, so
  // that waiting for room makes sense.
  bool HalfFull() ABSL_LOCKS_EXCLUDED(mu_);

  // Returns an entry that was accepted and has not reached the tier.
  std::optional<Entry> Get(std::string_view key) ABSL_LOCKS_EXCLUDED(mu_);

  // Adds the waiting entries whose key is `from` or after it and is not yet in
  // `found`.
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
    bool failed = false;  // the tier has refused it before
  };
  using Pending = absl::flat_hash_map<std::string, Waiting>;

  static size_t SizeOf(std::string_view key, const Entry& entry) {
    return key.size() + entry.value->size();
  }

  // Accepts the entry if there is room, and sets `taken`. Returns whether the
  // caller must run Drain on the executor.
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
  Pending pending_ ABSL_GUARDED_BY(mu_);   // accepted, not yet being written
  Pending writing_ ABSL_GUARDED_BY(mu_);   // being written
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;  // of both
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  bool stalled_ ABSL_GUARDED_BY(mu_) = false;  // the tier refused the last
                                               // write

  Counter refused_;
  Counter failed_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_WRITE_BEHIND_H_
