#include "cache/memory_cache.h"

#include <algorithm>
#include <cstring>
#include <memory_resource>
#include <new>
#include <utility>

#include "absl/hash/hash.h"

namespace vtlookup {
namespace {

// Enough shards that two cores seldom meet, and few enough that one holds
// several of the largest verdicts (about 200 KiB).
size_t ShardsFor(size_t max_bytes) {
  return std::clamp<size_t>(max_bytes >> 22, 1, 16);
}

constexpr size_t kFirstBuckets = 64;

// These bits choose the shard, so they are equal within it.
constexpr int kShardBits = 4;

constexpr size_t kLine = 64;  // a cache line, in bytes

KeyView ViewOf(std::string_view key) {
  return key.empty() ? KeyView{'\0', {}} : KeyView{key[0], key.substr(1)};
}

// The size of an entry. An allocator rounds values up, by a fourteenth on
// average.
size_t SizeInMemory(size_t beside_node, size_t value) {
  return beside_node + value + value / 14 + MemoryCache::kOverhead;
}

void Prefetch(const void* address) { __builtin_prefetch(address); }

}  // namespace

// One allocation, with the key and the hot bytes behind it, so that everything
// a lookup needs lies together.
struct MemoryCache::Node {
  char* tail() { return reinterpret_cast<char*>(this + 1); }
  std::string_view key() const {
    return {reinterpret_cast<const char*>(this + 1), key_size};
  }
  std::string_view hot() const {
    return hot_size == 0 ? std::string_view(*entry.value)
                         : std::string_view(key().data() + key_size, hot_size);
  }
  size_t AllocatedSize() const { return sizeof(Node) + key_size + hot_size; }
  size_t Size() const {
    return SizeInMemory(key_size + hot_size, entry.value->size());
  }
  bool Has(KeyView wanted, size_t its_hash) const {
    return hash == its_hash && key_size == wanted.rest.size() + 1 &&
           key()[0] == wanted.first && key().substr(1) == wanted.rest;
  }

  size_t hash;
  Node* next = nullptr;  // in the bucket
  uint32_t key_size;
  uint32_t hot_size;  // 0: the hot bytes are the whole value, in place
  uint32_t mark = 0;
  uint8_t hits = 0;  // lookups, up to kOften
  bool visited = false;
  bool claimed = false;
  Entry entry;
  Node* newer = nullptr;  // in the order of insertion
  Node* older = nullptr;

  static constexpr uint8_t kOften = 2;
};

// A hash table of chains of nodes. When it is full, a larger one replaces it.
// The old table stays, because another thread may be about to prefetch from it.
struct MemoryCache::Table {
  explicit Table(size_t size) : buckets(size) {}
  std::atomic<Node*>& Of(size_t hash) {
    return buckets[(hash >> kShardBits) & (buckets.size() - 1)];
  }
  std::vector<std::atomic<Node*>> buckets;
};

struct MemoryCache::Shard {
  explicit Shard(HugePages* pages) ABSL_NO_THREAD_SAFETY_ANALYSIS
      : nodes({.max_blocks_per_chunk = 0,
               .largest_required_pool_block = sizeof(Node) + 2 * kMostHot},
              pages) {
    UseTable(kFirstBuckets);
  }
  ~Shard() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (Node* node = newest; node != nullptr;) {
      Destroy(std::exchange(node, node->older));
    }
  }

  std::atomic<Node*>& BucketOf(size_t hash) {
    return table.load(std::memory_order_acquire)->Of(hash);
  }

  void UseTable(size_t size) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    tables.push_back(std::make_unique<Table>(size));
    table.store(tables.back().get(), std::memory_order_release);
  }

  void Link(Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::atomic<Node*>& bucket = BucketOf(node->hash);
    node->next = bucket.load(std::memory_order_relaxed);
    bucket.store(node, std::memory_order_relaxed);
  }

  void GrowIfFull() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    const size_t size = tables.back()->buckets.size();
    if (entries < size) return;
    UseTable(2 * size);
    for (Node* node = newest; node != nullptr; node = node->older) Link(node);
  }

  // Finds the entry and counts the lookup.
  Node* FindAndTouch(KeyView key, size_t hash)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    Node* const node = Find(key, hash);
    if (node == nullptr) return nullptr;
    node->visited = true;
    if (node->hits < Node::kOften) ++node->hits;
    return node;
  }

  Node* Find(KeyView key, size_t hash) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    Node* node = BucketOf(hash).load(std::memory_order_relaxed);
    while (node != nullptr && !node->Has(key, hash)) node = node->next;
    return node;
  }

  void Add(Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    GrowIfFull();
    Link(node);
    node->older = newest;
    if (newest != nullptr) newest->newer = node;
    newest = node;
    if (oldest == nullptr) oldest = node;
    bytes += node->Size();
    ++entries;
  }

  void Remove(Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    TakeOutOfBucket(node);
    if (hand == node) hand = node->newer;
    (node->newer != nullptr ? node->newer->older : newest) = node->older;
    (node->older != nullptr ? node->older->newer : oldest) = node->newer;
    bytes -= node->Size();
    --entries;
    Destroy(node);
  }

  // Evicts others before it adds the entry, so that the entry does not evict
  // itself. Returns how many entries were evicted, or 1 if this one is too
  // large to keep.
  size_t Insert(std::string_view key, size_t hash, Entry entry,
                HotSize hot_size, size_t max_bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  Node* Make(std::string_view key, size_t hash, Entry entry, size_t hot)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void Destroy(Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    const size_t size = node->AllocatedSize();
    node->~Node();
    nodes.deallocate(node, size);
  }

  void TakeOutOfBucket(const Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    std::atomic<Node*>& bucket = BucketOf(node->hash);
    Node* before = bucket.load(std::memory_order_relaxed);
    if (before == node) {
      bucket.store(node->next, std::memory_order_relaxed);
      return;
    }
    while (before->next != node) before = before->next;
    before->next = node->next;
  }

  // The hand goes from old to new, and spares once each entry that was looked
  // up.
  void PushOneOut() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    if (hand == nullptr) hand = oldest;
    while (hand->visited) {
      hand->visited = false;
      hand = hand->newer != nullptr ? hand->newer : oldest;
    }
    Remove(hand);
  }

  mutable Mutex mu;
  std::pmr::unsynchronized_pool_resource nodes ABSL_GUARDED_BY(mu);
  // Written under the mutex; read without it only to prefetch.
  std::atomic<Table*> table;
  std::vector<std::unique_ptr<Table>> tables ABSL_GUARDED_BY(mu);
  Node* newest ABSL_GUARDED_BY(mu) = nullptr;
  Node* oldest ABSL_GUARDED_BY(mu) = nullptr;
  Node* hand ABSL_GUARDED_BY(mu) = nullptr;
  size_t bytes ABSL_GUARDED_BY(mu) = 0;
  size_t entries ABSL_GUARDED_BY(mu) = 0;
};

MemoryCache::MemoryCache(size_t max_bytes, HotSize hot_size)
    : shard_bytes_(max_bytes / ShardsFor(max_bytes)), hot_size_(hot_size) {
  for (size_t i = 0; i < ShardsFor(max_bytes); ++i) {
    shards_.push_back(std::make_unique<Shard>(&pages_));
  }
}

MemoryCache::~MemoryCache() = default;

size_t MemoryCache::HashOf(KeyView key) {
  return absl::HashOf(key.first, key.rest);
}

MemoryCache::Shard& MemoryCache::ShardOf(size_t hash) const {
  return *shards_[hash % shards_.size()];
}

std::optional<Entry> MemoryCache::Get(std::string_view key) {
  std::optional<Entry> found;
  const KeyView view = ViewOf(key);
  Visit(view, HashOf(view), [&found](const Seen& seen) { found = seen.entry; });
  return found;
}

bool MemoryCache::Visit(KeyView key, size_t hash,
                        absl::FunctionRef<void(const Seen&)> visit) {
  Shard& shard = ShardOf(hash);
  MutexLock lock(shard.mu);
  Node* const node = shard.FindAndTouch(key, hash);
  if (node == nullptr) return false;
  visit({.hot = node->hot(), .entry = node->entry, .mark = node->mark});
  return true;
}

void MemoryCache::PrefetchBucket(size_t hash) const {
  Prefetch(&ShardOf(hash).BucketOf(hash));
}

void MemoryCache::PrefetchNode(size_t hash) const {
  const Node* const node =
      ShardOf(hash).BucketOf(hash).load(std::memory_order_relaxed);
  // The node may be gone by now, but any address may be prefetched.
  for (size_t line = 0; line < 6; ++line) {
    Prefetch(reinterpret_cast<const char*>(node) + line * kLine);
  }
}

void MemoryCache::Mark(KeyView key, uint32_t mark) {
  const size_t hash = HashOf(key);
  Shard& shard = ShardOf(hash);
  MutexLock lock(shard.mu);
  if (Node* const node = shard.Find(key, hash)) node->mark = mark;
}

bool MemoryCache::ClaimRefresh(std::string_view key) {
  const KeyView view = ViewOf(key);
  const size_t hash = HashOf(view);
  Shard& shard = ShardOf(hash);
  MutexLock lock(shard.mu);
  Node* const node = shard.Find(view, hash);
  if (node == nullptr || node->hits < Node::kOften) return false;
  return !std::exchange(node->claimed, true);
}

MemoryCache::Node* MemoryCache::Shard::Make(std::string_view key, size_t hash,
                                            Entry entry, size_t hot) {
  const std::string_view value = *entry.value;
  void* const memory = nodes.allocate(sizeof(Node) + key.size() + hot);
  Node* const node =
      new (memory) Node{.hash = hash,
                        .key_size = static_cast<uint32_t>(key.size()),
                        .hot_size = static_cast<uint32_t>(hot),
                        .entry = std::move(entry)};
  std::memcpy(node->tail(), key.data(), key.size());
  std::memcpy(node->tail() + key.size(), value.data(), hot);
  return node;
}

size_t MemoryCache::Shard::Insert(std::string_view key, size_t hash,
                                  Entry entry, HotSize hot_size,
                                  size_t max_bytes) {
  const std::string_view value = *entry.value;
  const size_t wanted = hot_size == nullptr ? 0 : hot_size(value);
  const size_t hot = wanted > kMostHot ? 0 : std::min(wanted, value.size());
  const size_t size = SizeInMemory(key.size() + hot, value.size());
  if (size > max_bytes) return 1;
  size_t pushed_out = 0;
  for (; bytes + size > max_bytes; ++pushed_out) PushOneOut();
  Add(Make(key, hash, std::move(entry), hot));
  return pushed_out;
}

void MemoryCache::Put(std::string_view key, Entry entry) {
  const KeyView view = ViewOf(key);
  const size_t hash = HashOf(view);
  Shard& shard = ShardOf(hash);
  MutexLock lock(shard.mu);
  if (Node* const old = shard.Find(view, hash)) shard.Remove(old);
  evictions_.Add(
      shard.Insert(key, hash, std::move(entry), hot_size_, shard_bytes_));
}

void MemoryCache::PutIfAbsent(std::string_view key, Entry entry) {
  const KeyView view = ViewOf(key);
  const size_t hash = HashOf(view);
  Shard& shard = ShardOf(hash);
  MutexLock lock(shard.mu);
  if (shard.Find(view, hash) != nullptr) return;
  evictions_.Add(
      shard.Insert(key, hash, std::move(entry), hot_size_, shard_bytes_));
}

std::map<std::string, Entry> MemoryCache::From(std::string_view from) const {
  std::map<std::string, Entry> found;
  for (const auto& shard : shards_) {
    MutexLock lock(shard->mu);
    for (const Node* node = shard->newest; node != nullptr;
         node = node->older) {
      if (node->key() >= from) found.emplace(node->key(), node->entry);
    }
  }
  return found;
}

size_t MemoryCache::bytes() const {
  size_t sum = 0;
  for (const auto& shard : shards_) {
    MutexLock lock(shard->mu);
    sum += shard->bytes;
  }
  return sum;
}

size_t MemoryCache::entries() const {
  size_t sum = 0;
  for (const auto& shard : shards_) {
    MutexLock lock(shard->mu);
    sum += shard->entries;
  }
  return sum;
}

}  // namespace vtlookup
