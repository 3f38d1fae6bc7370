#include "cache/cache.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"

namespace vtlookup {
namespace {

Entry Of(std::string value) {
  return {std::make_shared<const std::string>(std::move(value)),
          absl::UnixEpoch(), absl::InfiniteFuture(), absl::InfiniteFuture()};
}

class CacheTest : public testing::Test {
 protected:
  std::unique_ptr<Cache> Make(size_t max_pending = 1000) {
    return std::make_unique<Cache>(
        Cache::Options{.memory_bytes = 1 << 20,
                       .max_pending_bytes = max_pending},
        std::make_unique<FakeTier>(disk_),
        std::make_unique<ManualExecutor>(queue_));
  }

  std::shared_ptr<FakeTier::Disk> disk_ = std::make_shared<FakeTier::Disk>();
  std::shared_ptr<ManualExecutor::Queue> queue_ =
      std::make_shared<ManualExecutor::Queue>();
};

TEST_F(CacheTest, PutIsSeenInMemoryAtOnceAndOnDiskSoon) {
  queue_->hold = true;
  const auto cache = Make();
  cache->Put("k", Of("v"));
  const Cache::Peeked peeked = cache->Peek("k");
  ASSERT_EQ(peeked.state, Cache::State::kFound);
  EXPECT_EQ(peeked.found->level, Cache::Level::kMemory);
  EXPECT_TRUE(disk_->entries.empty());
  queue_->RunAll();
  EXPECT_EQ(*disk_->entries.at("k").value, "v");
}

TEST_F(CacheTest, PeekNeverReadsAColdDisk) {
  disk_->entries["k"] = Of("v");
  EXPECT_EQ(Make()->Peek("k").state, Cache::State::kUnknown);
  EXPECT_EQ(disk_->reads, 0);
}

TEST_F(CacheTest, PeekTakesWhatAWarmDiskHasIntoMemory) {
  disk_->warm = true;
  disk_->entries["k"] = Of("v");
  const auto cache = Make();
  EXPECT_EQ(cache->Peek("k").found->level, Cache::Level::kDisk);
  EXPECT_EQ(cache->Peek("k").found->level, Cache::Level::kMemory);
  EXPECT_EQ(cache->Peek("other").state, Cache::State::kAbsent);
}

TEST_F(CacheTest, ReadTellsWhatTheDiskHasAndThatItHasNothing) {
  disk_->entries["k"] = Of("v");
  const auto cache = Make();
  int calls = 0;
  cache->Read({"other", "k"}, [&](const auto& found) {
    ++calls;
    ASSERT_EQ(found.size(), 2);
    EXPECT_FALSE(found[0].has_value());
    EXPECT_EQ(*found[1]->entry.value, "v");
    EXPECT_EQ(found[1]->level, Cache::Level::kDisk);
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(disk_->reads, 1) << "one for both";
}

TEST_F(CacheTest, ABrokenDiskReadsAsAbsent) {
  disk_->entries["k"] = Of("v");
  disk_->broken = true;
  const auto cache = Make();
  bool absent = false;
  cache->Read({"k"},
              [&](const auto& found) { absent = !found.front().has_value(); });
  EXPECT_TRUE(absent);
  cache->Put("n", Of("v"));
  EXPECT_EQ(cache->writes().failed(), 1);
  EXPECT_EQ(cache->Peek("n").state, Cache::State::kFound);
}

TEST_F(CacheTest, ALateReadDoesNotReplaceWhatCameMeanwhile) {
  disk_->entries["k"] = Of("old");
  const auto cache = Make();
  queue_->hold = true;
  cache->Read({"k"}, [](const auto&) {});
  cache->Put("k", Of("new"));
  queue_->RunAll();
  EXPECT_EQ(*cache->Peek("k").found->entry.value, "new");
}

TEST_F(CacheTest, WritesOfOneKeyReachTheDiskInOrderAndTogether) {
  queue_->hold = true;
  const auto cache = Make();
  cache->Put("k", Of("1"));
  cache->Put("k", Of("2"));
  cache->Put("other", Of("3"));
  queue_->RunAll();
  EXPECT_EQ(*disk_->entries.at("k").value, "2");
  EXPECT_EQ(disk_->writes, 1);
}

TEST_F(CacheTest, ScanSeesEachKeyOnceInOrderAndTheNewestValue) {
  queue_->hold = true;
  disk_->entries["b"] = Of("old");
  disk_->entries["d"] = Of("on disk");
  const auto cache = Make();
  cache->Put("c", Of("pending"));
  cache->Put("b", Of("new"));
  cache->Put("e", Of("last"));
  std::vector<std::pair<std::string, std::string>> seen;
  const auto visit = [&seen](std::string_view key, const Entry& entry) {
    seen.emplace_back(key, *entry.value);
    return seen.size() < 4;
  };
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_TRUE(cache->Scan("", visit).ok());
  EXPECT_EQ(
      seen,
      (Pairs{{"b", "new"}, {"c", "pending"}, {"d", "on disk"}, {"e", "last"}}));
  seen.clear();
  EXPECT_TRUE(cache->Scan("c\x01", visit).ok());
  EXPECT_EQ(seen, (Pairs{{"d", "on disk"}, {"e", "last"}}));
  seen.clear();
  disk_->broken = true;
  EXPECT_FALSE(cache->Scan("", visit).ok());
  EXPECT_EQ(seen, (Pairs{{"b", "new"}, {"c", "pending"}, {"e", "last"}}));
}

TEST_F(CacheTest, RefusesWritesBeyondItsBoundAndCountsThem) {
  queue_->hold = true;
  const auto cache = Make(/*max_pending=*/4);
  for (const char* key : {"a", "b", "c"}) cache->Put(key, Of("v"));
  queue_->RunAll();
  EXPECT_EQ(disk_->entries.size(), 2);
  EXPECT_EQ(cache->writes().refused(), 1);
  EXPECT_EQ(cache->Peek("c").state, Cache::State::kFound);
}

TEST_F(CacheTest, WhatWaitsToBeWrittenIsWrittenBeforeItCloses) {
  queue_->hold = true;
  Make()->Put("k", Of("v"));
  EXPECT_EQ(*disk_->entries.at("k").value, "v");
}

TEST_F(CacheTest, WhatABrokenDiskDoesNotTakeIsWrittenWhenItWorks) {
  disk_->broken = true;
  const auto cache = Make();
  cache->Put("a", Of("1"));
  cache->Put("b", Of("1"));
  cache->Put("a", Of("2"));
  disk_->broken = false;
  cache->Tend();
  EXPECT_EQ(*disk_->entries.at("a").value, "2");
  EXPECT_EQ(*disk_->entries.at("b").value, "1");
  EXPECT_EQ(cache->writes().waiting(), 0);
}

TEST_F(CacheTest, ThenTheNextPutTriesAgainWhatWaits) {
  disk_->broken = true;
  const auto cache = Make();
  cache->Put("a", Of("1"));
  disk_->broken = false;
  cache->Put("b", Of("1"));
  EXPECT_EQ(disk_->entries.size(), 2);
}

TEST_F(CacheTest, WhatWaitsForABrokenDiskIsTriedOnceMoreAtTheEnd) {
  disk_->broken = true;
  {
    const auto cache = Make();
    cache->Put("a", Of("1"));
    disk_->broken = false;
    EXPECT_TRUE(disk_->entries.empty());
  }
  EXPECT_EQ(*disk_->entries.at("a").value, "1");
}

TEST_F(CacheTest, ANewerEntryIsNotReplacedByOneThatIsPutBack) {
  disk_->broken = true;
  queue_->hold = true;
  const auto cache = Make();
  cache->Put("a", Of("1"));
  disk_->on_write = [&] { cache->Put("a", Of("2")); };
  queue_->RunAll();
  disk_->broken = false;
  cache->Tend();
  queue_->RunAll();
  EXPECT_EQ(*disk_->entries.at("a").value, "2");
  EXPECT_EQ(cache->writes().waiting(), 0);
}

TEST_F(CacheTest, ForABrokenDiskNoMoreWaitsThanTheBound) {
  disk_->broken = true;
  const auto cache = Make(/*max_pending=*/4);
  EXPECT_TRUE(cache->Put("a", Of("1")));
  EXPECT_TRUE(cache->Put("b", Of("1")));
  EXPECT_FALSE(cache->Put("c", Of("1")));
  EXPECT_FALSE(cache->Put("a", Of("234")));
  EXPECT_EQ(cache->writes().refused(), 2);
  disk_->broken = false;
  cache->Tend();
  EXPECT_EQ(disk_->entries.size(), 1)
      << "what is older than a refused one is not written either";
  EXPECT_EQ(cache->writes().failed(), 2);
}

}  // namespace
}  // namespace vtlookup
