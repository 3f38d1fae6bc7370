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
// entries whether they are fresh or not; the caller judges them with
// FreshnessAt. A failure of the tier never reaches the caller: the entry then
// counts as absent.
class Cache {
 public:
  enum class Level { kMemory, kDisk };
  struct Found {
    Entry entry;
    Level level;
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
    size_t max_pending_bytes = 0;  // bytes that may wait to be written to the
                                   // tier
  };

  // Owns `tier` and `executor`. All calls of the tier that may block run on the
  // executor, except in Get, Scan and the destructor.
  Cache(Options options, std::unique_ptr<Tier> tier,
        std::unique_ptr<Executor> executor);
  // Makes a running Tend end soon, and writes the entries that wait for the
  // tier. Blocks until both are done.
  ~Cache();

  // The memory part, for readers that look at an entry in place.
  MemoryCache& memory() { return memory_; }

  // Looks for an entry without waiting for the disk. An entry that the tier
  // finds is then kept in memory, too.
  Peeked Peek(std::string_view key);
  // Looks at memory only. For callers that have many keys and let one Read look
  // for the others in the tier.
  Peeked PeekMemory(std::string_view key);

  // Reads the keys from the tier on a thread of the executor, which then runs
  // `done`, exactly once, with the result for each key, in their order: nullopt
  // where the tier has no entry or fails. Meant for keys for which Peek
  // returned kUnknown. Found entries are kept in memory, unless memory has got
  // an entry for the key meanwhile. That entry is newer than the result, so
  // look at memory again.
  void Read(std::vector<std::string> keys, ReadDone done);

  // Whether the caller should refresh an entry before it expires. True once in
  // the life of an entry in memory, and only after at least two lookups have
  // found it there.
  bool ClaimRefresh(std::string_view key) { return memory_.ClaimRefresh(key); }

  // Peek, then a blocking read of the tier: for threads that may wait. What
  // that read finds is not kept in memory.
  std::optional<Found> Get(std::string_view key);

  // Visits all entries from `from` on, in the order of their keys, each as Get
  // would return it, until `visit` returns false. May block. An entry that is
  // put during the scan may be visited or not. On an error the tier could not
  // be read to its end; the entries in memory were visited all the same.
  absl::Status Scan(std::string_view from, const Tier::Visit& visit);

  // Puts an entry into memory at once, and into the tier soon. Returns false
  // when too many bytes wait to be written to the tier; then only memory has
  // the entry.
  bool Put(std::string_view key, const Entry& entry);

  // Calls Tier::Tend on a thread of the executor, and then writes again the
  // entries that the tier did not take. Call it every half minute or so. Does
  // not wait; while an earlier call is at work, further calls do nothing.
  void Tend();

  const MemoryCache& memory() const { return memory_; }
  const WriteBehind& writes() const { return writes_; }
  WriteBehind& writes() { return writes_; }

 private:
  MemoryCache memory_;
  std::atomic<bool> tending_{false};
  const std::unique_ptr<Tier> tier_;
  WriteBehind writes_;
  // The last member, so the first to be destroyed: its tasks use the others.
  const std::unique_ptr<Executor> executor_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_CACHE_H_
