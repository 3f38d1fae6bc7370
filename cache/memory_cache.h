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

// A key in two parts, so that whoever has the most of it in a request need not
// copy it.
struct KeyView {
  char first;
  std::string_view rest;
};

// The entries that are asked for most within a bound of bytes. Thread-safe:
// keys are spread over shards with a mutex each, held for one look. What is
// pushed out is what SIEVE says: the oldest that was not asked for since the
// hand has passed it last (docs/adr/0025-memory-cache.md). Expired entries stay
// until they are overwritten or pushed out; judging freshness is the caller's
// business.
class MemoryCache {
 public:
  // An entry counts with its key, its value and this much for bookkeeping. A
  // value that stands under several keys counts once for each.
  static constexpr size_t kOverhead = 224;

  // How many of the first bytes of a value are asked for most; they are kept
  // beside its key, too.
  using HotSize = size_t (*)(std::string_view value);
  // More than this is not kept so.
  static constexpr size_t kMostHot = 512;

  explicit MemoryCache(size_t max_bytes, HotSize hot_size = nullptr);
  ~MemoryCache();

  std::optional<Entry> Get(std::string_view key);

  // An entry where it lies.
  struct Seen {
    std::string_view hot;  // the first bytes of the value, or all of it
    const Entry& entry;
    uint32_t mark;  // that somebody has set; a new entry has 0
  };
  static size_t HashOf(KeyView key);
  // Runs `visit`, briefly, under the lock of the entry's shard; false when
  // nothing stands under the key. The entry counts as asked for.
  bool Visit(KeyView key, size_t hash,
             absl::FunctionRef<void(const Seen&)> visit);

  // Sets the mark of an entry, if it is there.
  void Mark(KeyView key, uint32_t mark);

  // For many lookups in a row, which wait for memory more than for anything:
  // the first, over a handful of them, then the second, have the processor
  // fetch what Visit will need.
  void PrefetchBucket(size_t hash) const;
  void PrefetchNode(size_t hash) const;

  // True once for each entry, and not before it was asked for twice.
  bool ClaimRefresh(std::string_view key);

  // Replaces what stands under `key`. An entry larger than a shard's share of
  // the bound is not kept, and what stood there is removed.
  void Put(std::string_view key, Entry entry);

  // Puts an entry that was read from a slower place, unless something stands
  // under `key`: that came later.
  void PutIfAbsent(std::string_view key, Entry entry);

  // All entries whose key is `from` or after it.
  std::map<std::string, Entry> From(std::string_view from) const;

  size_t bytes() const;
  size_t entries() const;
  // Entries pushed out for want of space, or too large to keep.
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
