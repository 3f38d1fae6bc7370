#ifndef VTLOOKUP_CACHE_MEMORY_CACHE_H_
#define VTLOOKUP_CACHE_MEMORY_CACHE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "cache/entry.h"
#include "cache/huge_pages.h"
#include "core/counter.h"
#include "core/mutex.h"

namespace vtlookup {

// A key in two parts, so that callers need not copy the text of a request to
// put the byte of the kind before it.
struct KeyView {
  char first;
  std::string_view rest;
};

// The most used entries, within a bound of bytes. Thread-safe: keys are spread
// over shards, each with a mutex that is held for one look. SIEVE chooses the
// entry to evict: the oldest that was not looked up since the hand last passed
// it (docs/adr/0025-memory-cache.md). Expired entries stay until they are
// overwritten or evicted; the caller judges their freshness.
class MemoryCache {
 public:
  // The size of an entry is that of its key, its value and this much for
  // bookkeeping. A value that is stored under several keys counts once for
  // each.
  static constexpr size_t kOverhead = 224;

  // Returns how many of the first bytes of a value lookups need most ("hot").
  // These bytes are also stored beside the key.
  using HotSize = size_t (*)(std::string_view value);
  // If more bytes than this are hot, none are stored beside the key.
  static constexpr size_t kMostHot = 512;

  explicit MemoryCache(size_t max_bytes, HotSize hot_size = nullptr);
  ~MemoryCache();

  std::optional<Entry> Get(std::string_view key);

  // An entry in place; valid during Visit only.
  struct Seen {
    std::string_view hot;  // the first bytes of the value, or all of it
    const Entry& entry;
    uint32_t mark;  // set by Mark; 0 for a new entry
  };
  static size_t HashOf(KeyView key);
  // Runs `visit` under the lock of the entry's shard, so `visit` must be brief.
  // Returns false when there is no entry under `key`. Counts as a lookup of the
  // entry. `hash` is HashOf(key).
  bool Visit(KeyView key, size_t hash,
             absl::FunctionRef<void(const Seen&)> visit);

  // Sets the mark of an entry, if the entry is there.
  void Mark(KeyView key, uint32_t mark);

  // Prefetch what Visit will need. For many lookups in a row, which mostly wait
  // for memory: call PrefetchBucket for several of them, then PrefetchNode for
  // each of these, then Visit.
  void PrefetchBucket(size_t hash) const;
  void PrefetchNode(size_t hash) const;

  // True once for each entry, and only after two lookups have found it.
  bool ClaimRefresh(std::string_view key);

  // Replaces the entry under `key`. An entry that is larger than a shard's
  // share of the bound is not kept; the earlier entry is removed all the same.
  void Put(std::string_view key, Entry entry);

  // Puts an entry that was read from a slower tier, unless there is an entry
  // under `key`: that entry came later.
  void PutIfAbsent(std::string_view key, Entry entry);

  // Returns all entries whose key is `from` or after it.
  std::map<std::string, Entry> From(std::string_view from) const;

  size_t bytes() const;
  size_t entries() const;
  // Counts entries that were evicted or were too large to keep.
  uint64_t evictions() const { return evictions_.value(); }

 private:
  struct Node;
  struct Table;
  struct Shard;

  Shard& ShardOf(size_t hash) const;

  const size_t shard_bytes_;
  const HotSize hot_size_;
  HugePages pages_;                             // of all shards
  std::vector<std::unique_ptr<Shard>> shards_;  // fixed after construction
  Counter evictions_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_MEMORY_CACHE_H_
