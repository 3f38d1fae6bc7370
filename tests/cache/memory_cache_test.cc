#include "cache/memory_cache.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace vtlookup {
namespace {

Entry Of(std::string value) {
  return {std::make_shared<const std::string>(std::move(value)),
          absl::UnixEpoch(), absl::InfiniteFuture(), absl::InfiniteFuture()};
}

// There is one shard, so that the order of eviction is simple to follow.
constexpr size_t kRoomForThree = 3 * (1 + 10 + MemoryCache::kOverhead);

TEST(MemoryCache, FindsWhatWasPutLast) {
  MemoryCache cache(1 << 20);
  EXPECT_FALSE(cache.Get("a").has_value());
  cache.Put("a", Of("1"));
  cache.Put("a", Of("2"));
  EXPECT_EQ(*cache.Get("a")->value, "2");
  EXPECT_EQ(cache.entries(), 1);
}

TEST(MemoryCache, PutIfAbsentGivesWay) {
  MemoryCache cache(1 << 20);
  cache.PutIfAbsent("a", Of("old"));
  cache.PutIfAbsent("a", Of("older"));
  EXPECT_EQ(*cache.Get("a")->value, "old");
  cache.Put("a", Of("new"));
  EXPECT_EQ(*cache.Get("a")->value, "new");
}

TEST(MemoryCache, PushesOutWhatWasUsedLeastRecently) {
  MemoryCache cache(kRoomForThree);
  for (const char* key : {"a", "b", "c"}) cache.Put(key, Of("0123456789"));
  cache.Get("a");
  cache.Put("d", Of("0123456789"));
  EXPECT_TRUE(cache.Get("a").has_value());
  EXPECT_FALSE(cache.Get("b").has_value());
  EXPECT_EQ(cache.evictions(), 1);
}

TEST(MemoryCache, WhatNobodyAskedForGoesBeforeWhatIsOld) {
  MemoryCache cache(kRoomForThree);
  for (const char* key : {"a", "b", "c"}) cache.Put(key, Of("0123456789"));
  cache.Get("a");
  cache.Get("b");
  cache.Put("d", Of("0123456789"));  // spares a and b once, and takes c
  cache.Get("d");
  cache.Put("e", Of("0123456789"));  // the hand begins again, at a
  EXPECT_FALSE(cache.Get("c").has_value());
  EXPECT_TRUE(cache.Get("d").has_value());
  EXPECT_TRUE(cache.Get("e").has_value());
  EXPECT_EQ(cache.evictions(), 2);
}

TEST(MemoryCache, ShowsHotBytesWhereTheyLie) {
  MemoryCache cache(1 << 20, [](std::string_view) { return size_t{3}; });
  cache.Put("kx", Of("0123456789"));
  const KeyView key{'k', "x"};
  std::string hot;
  std::string all;
  EXPECT_TRUE(cache.Visit(key, MemoryCache::HashOf(key),
                          [&](const MemoryCache::Seen& seen) {
                            hot = seen.hot;
                            all = *seen.entry.value;
                            EXPECT_EQ(seen.mark, 0);
                          }));
  EXPECT_EQ(hot, "012");
  EXPECT_EQ(all, "0123456789");
  cache.Mark(key, 7);
  cache.Visit(key, MemoryCache::HashOf(key),
              [](const auto& seen) { EXPECT_EQ(seen.mark, 7); });
  cache.Put("kx", Of("new"));
  cache.Visit(key, MemoryCache::HashOf(key), [](const auto& seen) {
    EXPECT_EQ(seen.mark, 0) << "a new entry";
  });
}

TEST(MemoryCache, FindsAllWhileItsTableGrows) {
  MemoryCache cache(64 << 20);
  for (int i = 0; i < 50000; ++i) cache.Put(std::to_string(i), Of("v"));
  for (int i = 0; i < 50000; ++i) {
    ASSERT_TRUE(cache.Get(std::to_string(i)).has_value()) << i;
  }
  EXPECT_EQ(cache.entries(), 50000);
}

TEST(MemoryCache, StaysWithinItsBytes) {
  MemoryCache cache(8 << 20);
  for (int i = 0; i < 20000; ++i) {
    cache.Put(std::to_string(i), Of(std::string(1000, 'x')));
    ASSERT_LE(cache.bytes(), 8 << 20);
  }
  EXPECT_GT(cache.bytes(), 6 << 20);
}

TEST(MemoryCache, DropsWhatNoShardCanHoldAndWhatStoodThere) {
  MemoryCache cache(kRoomForThree);
  cache.Put("a", Of("small"));
  cache.Put("a", Of(std::string(kRoomForThree, 'x')));
  EXPECT_FALSE(cache.Get("a").has_value());
  EXPECT_EQ(cache.bytes(), 0);
}

TEST(MemoryCache, MayBeUsedByManyThreads) {
  MemoryCache cache(1 << 20);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (int i = 0; i < 5000; ++i) {
        const std::string key = std::to_string((i * (t + 1)) % 500);
        if (const auto entry = cache.Get(key)) {
          EXPECT_EQ(*entry->value, key);
        } else {
          cache.Put(key, Of(key));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace vtlookup
