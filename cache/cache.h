#ifndef VTLOOKUP_CACHE_CACHE_H_
#define VTLOOKUP_CACHE_CACHE_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "cache/entry.h"
#include "cache/memory_cache.h"
#include "cache/tier.h"
#include "cache/write_behind.h"
#include "core/executor.h"

namespace vtlookup {

// A cache of opaque bytes: memory over a slower tier. Thread-safe. It returns
// what it has, fresh or not; judging that is the caller's business, with
// FreshnessAt. A fault of the tier is never the caller's: it reads as absent.
class Cache {
 public:
  enum class Place { kMemory, kDisk };
  struct Found {
    Entry entry;
    Place place;
  };
  enum class State {
    kFound,
    kAbsent,
    kUnknown,  // only Read can tell
  };
  struct Peeked {
    State state;
    std::optional<Found> found;  // set for kFound
  };
  using ReadDone =
      absl::AnyInvocable<void(std::vector<std::optional<Found>>) &&>;

  struct Options {
    size_t memory_bytes = 0;
    MemoryCache::HotSize hot_size = nullptr;
    size_t max_pending_bytes = 0;  // that wait to be written
  };

  // `tier` runs on `executor` only, but for its Peek.
  Cache(Options options, std::unique_ptr<Tier> tier,
        std::unique_ptr<Executor> executor);
  // Makes a running Tend end soon, and writes the entries that wait for the
  // tier. Blocks until both are done.
  ~Cache();

  // For looks at what memory holds, in place.
  MemoryCache& memory() { return memory_; }

  // Never waits for disk. What the tier finds is kept in memory.
  Peeked Peek(std::string_view key);
  // Looks at memory only: for those who have many keys, and can have the tier
  // look at them together.
  Peeked PeekMemory(std::string_view key);

  // Waits for the tier on a thread of the executor, which then runs `done`,
  // exactly once, with what was found for each key, in their order: nothing
  // where the tier has nothing or fails. Meant for keys of which Peek could not
  // tell. What is found is kept in memory, unless memory has a newer one by
  // then, which the caller may want to look for.
  void Read(std::vector<std::string> keys, ReadDone done);

  // Whether the caller is the one to have an entry refreshed before it expires:
  // true once in the life of an entry in memory, and only for one that was
  // found there before.
  bool ClaimRefresh(std::string_view key) { return memory_.ClaimRefresh(key); }

  // Peek, then a blocking read of the tier: for threads that may wait.
  std::optional<Found> Get(std::string_view key);

  // Visits all entries from `from` on, in the order of their keys, each as it
  // would be read. May block. What is put meanwhile may be among them or not.
  // An error when the tier could not be read; what memory holds was visited.
  absl::Status Scan(std::string_view from, const Tier::Visit& visit);

  // In memory at once, in the tier soon; false when too much waits to be
  // written there, and so only memory has it.
  bool Put(std::string_view key, const Entry& entry);

  // To be called every half minute or so. On a thread of the executor, calls
  // Tier::Tend and then writes again the entries that the tier did not take.
  // Does not wait; while that goes on, further calls do nothing.
  void Tend();

  const MemoryCache& memory() const { return memory_; }
  const WriteBehind& writes() const { return writes_; }
  WriteBehind& writes() { return writes_; }

 private:
  MemoryCache memory_;
  std::atomic<bool> tending_{false};
  const std::unique_ptr<Tier> tier_;
  WriteBehind writes_;
  // Last, so destroyed first: its tasks end before what they use goes.
  const std::unique_ptr<Executor> executor_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_CACHE_H_
