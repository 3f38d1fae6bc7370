#include "cache/write_behind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/thread_pool.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr size_t kMiB = 1U << 20;

Entry Of(std::string value) {
  return {std::make_shared<const std::string>(std::move(value)),
          absl::UnixEpoch(), absl::InfiniteFuture(), absl::InfiniteFuture()};
}

// Writes wait until the test calls queue_->RunAll, because the executor holds
// its tasks.
class WriteBehindTest : public testing::Test {
 protected:
  WriteBehindTest() { queue_->hold = true; }

  WriteBehind& Make(size_t max_bytes) {
    return writes_.emplace(tier_, executor_, max_bytes);
  }

  std::string OnDisk(const std::string& key) {
    const auto found = disk_->entries.find(key);
    return found == disk_->entries.end() ? "none" : *found->second.value;
  }
  static std::string Waiting(WriteBehind& writes, const std::string& key) {
    const std::optional<Entry> entry = writes.Get(key);
    return entry.has_value() ? *entry->value : "none";
  }

  const std::shared_ptr<FakeTier::Disk> disk_ =
      std::make_shared<FakeTier::Disk>();
  FakeTier tier_{disk_};
  const std::shared_ptr<ManualExecutor::Queue> queue_ =
      std::make_shared<ManualExecutor::Queue>();
  std::optional<WriteBehind> writes_;
  ManualExecutor executor_{queue_};  // drained before `writes_` is destroyed
};

TEST_F(WriteBehindTest, HasAnEntryUntilTheTierHasIt) {
  WriteBehind& writes = Make(100);
  EXPECT_TRUE(writes.Put("key", Of("value")));
  EXPECT_EQ(Waiting(writes, "key"), "value");
  EXPECT_EQ(Waiting(writes, "other"), "none");
  EXPECT_EQ(writes.waiting(), 3 + 5);
  EXPECT_EQ(OnDisk("key"), "none");
  disk_->on_write = [&] { EXPECT_EQ(Waiting(writes, "key"), "value"); };
  queue_->RunAll();
  EXPECT_EQ(Waiting(writes, "key"), "none");
  EXPECT_EQ(writes.waiting(), 0);
  EXPECT_EQ(OnDisk("key"), "value");
}

TEST_F(WriteBehindTest, OneTaskWritesAllThatWaits) {
  WriteBehind& writes = Make(100);
  for (const char* key : {"a", "b", "c"}) writes.Put(key, Of("1"));
  EXPECT_EQ(queue_->tasks.size(), 1);
  queue_->RunAll();
  EXPECT_EQ(disk_->writes, 1);
  EXPECT_EQ(disk_->entries.size(), 3);
  writes.Put("d", Of("1"));
  EXPECT_EQ(queue_->tasks.size(), 1) << "a new one";
}

TEST_F(WriteBehindTest, ALaterEntryTakesThePlaceOfOneThatWaits) {
  WriteBehind& writes = Make(100);
  writes.Put("k", Of("a long value"));
  writes.Put("k", Of("2"));
  EXPECT_EQ(Waiting(writes, "k"), "2");
  EXPECT_EQ(writes.waiting(), 2);
  queue_->RunAll();
  EXPECT_EQ(OnDisk("k"), "2");
}

TEST_F(WriteBehindTest, AnEntryThatComesDuringAWriteOfItsKeyIsWrittenAfterIt) {
  WriteBehind& writes = Make(100);
  writes.Put("k", Of("1"));
  disk_->on_write = [&] {
    writes.Put("k", Of("2"));
    EXPECT_EQ(Waiting(writes, "k"), "2");
  };
  queue_->RunAll();
  EXPECT_EQ(disk_->writes, 2);
  EXPECT_EQ(OnDisk("k"), "2");
  EXPECT_EQ(writes.waiting(), 0);
}

TEST_F(WriteBehindTest, AddsWhatWaitsBehindWhatTheCallerHas) {
  WriteBehind& writes = Make(100);
  for (const char* key : {"a", "b", "c"}) writes.Put(key, Of("waits"));
  std::map<std::string, Entry> found = {{"c", Of("known")}};
  disk_->on_write = [&] {
    writes.Put("b", Of("newer"));
    writes.AddFrom("b", &found);
  };
  queue_->RunAll();
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [key, entry] : found) values.emplace_back(key, *entry.value);
  EXPECT_THAT(values, ElementsAre(Pair("b", "newer"), Pair("c", "known")));
}

TEST_F(WriteBehindTest, RefusesWhatGoesBeyondTheBound) {
  WriteBehind& writes = Make(10);
  EXPECT_TRUE(writes.Put("a", Of("1234")));
  EXPECT_TRUE(writes.Put("b", Of("1234"))) << "exactly the bound";
  EXPECT_FALSE(writes.Put("c", Of("")));
  EXPECT_FALSE(writes.Put("a", Of("12345")));
  EXPECT_EQ(Waiting(writes, "a"), "none") << "the older one is dropped";
  EXPECT_EQ(writes.refused(), 2);
  EXPECT_EQ(writes.waiting(), 5);
  queue_->RunAll();
  EXPECT_TRUE(writes.Put("c", Of("12345678"))) << "there is room again";
}

TEST_F(WriteBehindTest, WhatIsBeingWrittenCountsAsWaiting) {
  WriteBehind& writes = Make(10);
  writes.Put("a", Of("12345678"));
  disk_->on_write = [&] {
    EXPECT_EQ(writes.waiting(), 9);
    EXPECT_FALSE(writes.Put("b", Of("1")));
    EXPECT_TRUE(writes.Put("b", Of("")));
  };
  queue_->RunAll();
  EXPECT_EQ(writes.waiting(), 0);
}

TEST_F(WriteBehindTest, IsHalfFullOnlyWhileWaitingHelps) {
  WriteBehind& writes = Make(10);
  writes.Put("a", Of("1234"));
  EXPECT_FALSE(writes.HalfFull()) << "exactly half";
  writes.Put("b", Of(""));
  EXPECT_TRUE(writes.HalfFull());
  disk_->broken = true;
  queue_->RunAll();
  EXPECT_FALSE(writes.HalfFull()) << "the tier takes nothing";
  disk_->broken = false;
  writes.Retry();
  queue_->RunAll();
  writes.Put("a", Of("123456"));
  EXPECT_TRUE(writes.HalfFull());
}

TEST_F(WriteBehindTest, CountsAnEntryThatFailsOnceAndKeepsIt) {
  WriteBehind& writes = Make(100);
  disk_->broken = true;
  writes.Put("a", Of("1"));
  writes.Put("b", Of("1"));
  for (int i = 0; i < 3; ++i) {
    queue_->RunAll();
    EXPECT_TRUE(queue_->tasks.empty()) << "no second try by itself";
    writes.Retry();
  }
  EXPECT_EQ(writes.failed(), 2);
  EXPECT_EQ(Waiting(writes, "a"), "1");
  EXPECT_EQ(writes.waiting(), 4);
  disk_->broken = false;
  queue_->RunAll();
  EXPECT_EQ(OnDisk("b"), "1");
  EXPECT_EQ(writes.waiting(), 0);
}

TEST_F(WriteBehindTest, RetryDoesNothingWhenNothingWaits) {
  WriteBehind& writes = Make(100);
  writes.Retry();
  EXPECT_TRUE(queue_->tasks.empty());
  writes.Put("a", Of("1"));
  writes.Retry();
  EXPECT_EQ(queue_->tasks.size(), 1) << "one drain at a time";
  queue_->RunAll();
}

TEST_F(WriteBehindTest, TheDestructorTriesForALastTime) {
  disk_->broken = true;
  Make(100).Put("a", Of("1"));
  queue_->RunAll();
  disk_->broken = false;
  EXPECT_EQ(OnDisk("a"), "none");
  writes_.reset();
  EXPECT_EQ(OnDisk("a"), "1");
}

// Remembers the bytes of values of each write.
class MeasuringTier final : public Tier {
 public:
  Peeked Peek(std::string_view, Entry*) override { return Peeked::kUnknown; }
  std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) override {
    return {keys.size(), absl::UnimplementedError("not read")};
  }
  absl::Status Write(const std::vector<Record>& records) override {
    size_t bytes = 0;
    for (const Record& record : records) bytes += record.entry.value->size();
    writes.push_back(bytes);
    return broken ? absl::UnavailableError("broken") : absl::OkStatus();
  }
  absl::Status Scan(std::string_view, const Visit&) override {
    return absl::UnimplementedError("not read");
  }

  bool broken = false;
  std::vector<size_t> writes;
};

TEST_F(WriteBehindTest, WritesMuchInPartsAndProbesATierThatFailed) {
  MeasuringTier tier;
  WriteBehind& writes = writes_.emplace(tier, executor_, 100 * kMiB);
  for (int i = 0; i < 200; ++i) {
    writes.Put(absl::StrCat(i), Of(std::string(kMiB / 20, 'v')));
  }
  tier.broken = true;
  queue_->RunAll();
  ASSERT_EQ(tier.writes.size(), 1);
  EXPECT_LT(tier.writes[0], 5 * kMiB);
  EXPECT_GT(tier.writes[0], 3 * kMiB);
  tier.writes.clear();
  tier.broken = false;
  writes.Retry();
  queue_->RunAll();
  ASSERT_GE(tier.writes.size(), 3);
  EXPECT_LT(tier.writes[0], kMiB / 5) << "a probe";
  EXPECT_GT(tier.writes[1], 3 * kMiB);
  size_t sum = 0;
  for (const size_t bytes : tier.writes) sum += bytes;
  EXPECT_EQ(sum, 200 * (kMiB / 20));
  writes_.reset();  // before `tier`
}

TEST_F(WriteBehindTest, TheLastOfEachKeyIsWrittenWhenManyThreadsPut) {
  constexpr int kThreads = 4;
  constexpr int kVersions = 500;
  auto pool = std::make_unique<ThreadPool>(2);
  {
    WriteBehind writes(tier_, *pool, kMiB);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writes, t] {
        for (int i = 1; i <= kVersions; ++i) {
          EXPECT_TRUE(writes.Put(absl::StrCat(t), Of(absl::StrCat(i))));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    pool.reset();
    EXPECT_EQ(writes.waiting(), 0);
  }
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(OnDisk(absl::StrCat(t)), absl::StrCat(kVersions));
  }
}

}  // namespace
}  // namespace vtlookup
