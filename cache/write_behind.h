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

// Writes entries to a tier later, on a thread of an executor. Thread-safe. The
// entries of one key reach the tier in the order in which they were put. An
// entry that a later Put replaces before it is written may not reach the tier.
//
// When a write to the tier fails, its entries wait again. They are written
// again after the next Put, by Retry, and for a last time by the destructor. An
// entry waits from Put until a write that contains it has succeeded, and counts
// against the bound all that time.
class WriteBehind {
 public:
  // Borrows `tier`, which must outlive this object, and `executor`, on which
  // the writes run. All tasks of the executor must have ended before this
  // object is destroyed, so destroy the executor first. `max_bytes` bounds the
  // keys and values that wait.
  WriteBehind(Tier& tier, Executor& executor, size_t max_bytes);

  // Accepts an entry, and returns true. If the bound leaves no room for it,
  // drops the entry, counts it in refused(), and returns false. In either case
  // drops an older entry under the key, if that is not just being written. Does
  // not wait.
  bool Put(std::string_view key, Entry entry) ABSL_LOCKS_EXCLUDED(mu_);

  // Writes the entries that wait, on the caller's thread, until there are none
  // or a write fails; the entries that then still wait are lost. Blocks.
  ~WriteBehind();

  // Starts to write the entries that wait, on the executor, if no write is
  // under way. Does not wait for it.
  void Retry() ABSL_LOCKS_EXCLUDED(mu_);

  // Whether more than half of `max_bytes` waits although the latest write has
  // succeeded. Then a caller with many entries should wait a little before it
  // puts more. While writes fail, waiting would not help.
  bool HalfFull() ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the newest entry that waits under the key; nullopt if there is
  // none.
  std::optional<Entry> Get(std::string_view key) ABSL_LOCKS_EXCLUDED(mu_);

  // Adds the waiting entries whose key is `from` or after it and is not yet in
  // `found`.
  void AddFrom(std::string_view from, std::map<std::string, Entry>* found)
      ABSL_LOCKS_EXCLUDED(mu_);

  // The number of entries that Put has dropped for lack of room.
  uint64_t refused() const { return refused_.value(); }
  // The number of entries whose first write failed.
  uint64_t failed() const { return failed_.value(); }
  // Bytes of keys and values that have not reached the tier.
  size_t waiting() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Waiting {
    Entry entry;
    bool failed = false;  // a write of it has failed
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
  bool draining_ ABSL_GUARDED_BY(mu_) = false;  // Drain runs or will run
  bool stalled_ ABSL_GUARDED_BY(mu_) = false;   // the latest write failed

  Counter refused_;
  Counter failed_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_WRITE_BEHIND_H_
