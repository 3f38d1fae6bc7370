#ifndef VTLOOKUP_CACHE_MEMORY_CACHE_H_
#define VTLOOKUP_CACHE_MEMORY_CACHE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "cache/entry.h"
#include "core/counter.h"
#include "core/mutex.h"

namespace vtlookup {

// The most recently used entries within a bound of bytes. Thread-safe: keys
// are spread over shards with a mutex each, held for one table operation.
// Expired entries stay until they are overwritten or pushed out; judging
// freshness is the caller's business.
class MemoryCache {
 public:
  // An entry counts with its key, its value and this much for bookkeeping. A
  // value that stands under several keys counts once for each.
  static constexpr size_t kOverhead = 160;

  explicit MemoryCache(size_t max_bytes);

  std::optional<Entry> Get(std::string_view key);

  // True once for each entry, and not before it was got twice.
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
  struct Node {
    std::string key;
    Entry entry;
    uint32_t hits = 0;
    bool claimed = false;
    size_t Size() const { return key.size() + entry.value->size() + kOverhead; }
  };
  struct Shard {
    mutable Mutex mu;
    std::list<Node> order ABSL_GUARDED_BY(mu);  // most recently used first
    absl::flat_hash_map<std::string_view, std::list<Node>::iterator> index
        ABSL_GUARDED_BY(mu);  // keys point into `order`
    size_t bytes ABSL_GUARDED_BY(mu) = 0;

    void Remove(std::list<Node>::iterator node)
        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  };

  void Insert(Shard& shard, std::string_view key, Entry entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mu);

  Shard& ShardOf(std::string_view key);

  const size_t shard_bytes_;
  std::vector<std::unique_ptr<Shard>> shards_;  // fixed after construction
  Counter evictions_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_MEMORY_CACHE_H_
