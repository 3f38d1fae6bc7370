#include "cache/memory_cache.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"

namespace vtlookup {
namespace {

// Enough that two cores seldom meet; a shard should hold several of the
// largest verdicts (about 200 KiB).
size_t ShardsFor(size_t max_bytes) {
  return std::clamp<size_t>(max_bytes >> 22, 1, 16);
}

}  // namespace

MemoryCache::MemoryCache(size_t max_bytes)
    : shard_bytes_(max_bytes / ShardsFor(max_bytes)) {
  for (size_t i = 0; i < ShardsFor(max_bytes); ++i) {
    shards_.push_back(std::make_unique<Shard>());
  }
}

MemoryCache::Shard& MemoryCache::ShardOf(std::string_view key) {
  return *shards_[absl::Hash<std::string_view>{}(key) % shards_.size()];
}

void MemoryCache::Shard::Remove(std::list<Node>::iterator node) {
  bytes -= node->Size();
  index.erase(node->key);
  order.erase(node);
}

std::optional<Entry> MemoryCache::Get(std::string_view key) {
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mu);
  const auto found = shard.index.find(key);
  if (found == shard.index.end()) return std::nullopt;
  shard.order.splice(shard.order.begin(), shard.order, found->second);
  ++found->second->hits;
  return found->second->entry;
}

bool MemoryCache::ClaimRefresh(std::string_view key) {
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mu);
  const auto found = shard.index.find(key);
  if (found == shard.index.end() || found->second->hits < 2) return false;
  return !std::exchange(found->second->claimed, true);
}

void MemoryCache::Insert(Shard& shard, std::string_view key, Entry entry) {
  shard.order.push_front(Node{std::string(key), std::move(entry)});
  const auto node = shard.order.begin();
  shard.index.emplace(node->key, node);
  shard.bytes += node->Size();
  while (shard.bytes > shard_bytes_) {
    shard.Remove(std::prev(shard.order.end()));
    evictions_.Add();
  }
}

void MemoryCache::Put(std::string_view key, Entry entry) {
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mu);
  if (const auto old = shard.index.find(key); old != shard.index.end()) {
    shard.Remove(old->second);
  }
  Insert(shard, key, std::move(entry));
}

void MemoryCache::PutIfAbsent(std::string_view key, Entry entry) {
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mu);
  if (!shard.index.contains(key)) Insert(shard, key, std::move(entry));
}

std::map<std::string, Entry> MemoryCache::From(std::string_view from) const {
  std::map<std::string, Entry> found;
  for (const auto& shard : shards_) {
    MutexLock lock(shard->mu);
    for (const Node& node : shard->order) {
      if (node.key >= from) found.emplace(node.key, node.entry);
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
    sum += shard->order.size();
  }
  return sum;
}

}  // namespace vtlookup
