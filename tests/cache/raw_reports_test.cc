#include "cache/raw_reports.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"

namespace vtlookup {
namespace {

const absl::Time kStored = absl::FromUnixSeconds(1795500000);

Entry EntryOf(const std::string& text, absl::Time stored = kStored) {
  return {.value = std::make_shared<const std::string>(text),
          .stored = stored,
          .fresh_until = stored + absl::Hours(1),
          .usable_until = stored + absl::Hours(2)};
}

class RawReportsTest : public testing::Test {
 protected:
  // The text that is found, or "none".
  std::string Read(const std::string& name, const std::string& key,
                   std::optional<absl::Time> stored = kStored) {
    std::string read = "no answer";
    raws_.Read(name, key, stored, [&read](const absl::StatusOr<Bytes>& text) {
      read = !text.ok() ? "no room" : *text == nullptr ? "none" : **text;
    });
    return read;
  }
  bool InMemory(const std::string& name) {
    return raws_.InMemory({name.front(), name.substr(1)}, kStored) != nullptr;
  }

  const std::shared_ptr<FakeTier::Disk> disk_ =
      std::make_shared<FakeTier::Disk>();
  const std::shared_ptr<ManualExecutor::Queue> queue_ =
      std::make_shared<ManualExecutor::Queue>();
  RawReports raws_{{.memory_bytes = 1 << 20,
                    .max_pending_bytes = 1000,
                    .max_held_bytes = 100},
                   std::make_unique<FakeTier>(disk_),
                   std::make_unique<ManualExecutor>(queue_)};
};

TEST_F(RawReportsTest, ATextIsFoundByTheTimeOfItsVerdict) {
  raws_.Put("dkey", EntryOf("json"));
  EXPECT_EQ(Read("dkey", "dkey"), "json");
  EXPECT_EQ(Read("dkey", "dkey", kStored + absl::Nanoseconds(300)), "json")
      << "tiers keep microseconds";
  EXPECT_EQ(Read("dkey", "dkey", kStored + absl::Microseconds(1)), "none");
  EXPECT_EQ(Read("dkey", "dkey", std::nullopt), "json");
  EXPECT_EQ(Read("dother", "other"), "none");
  EXPECT_EQ(raws_.found().value(), 3);
  EXPECT_EQ(raws_.missing().value(), 2);
}

TEST_F(RawReportsTest, MemoryHasOnlyWhatWasAskedForTwice) {
  raws_.Put("dkey", EntryOf("json"));
  EXPECT_FALSE(InMemory("dkey")) << "a report that came is not kept in memory";
  Read("dkey", "dkey");
  EXPECT_FALSE(InMemory("dkey"));
  Read("dkey", "dkey");
  EXPECT_TRUE(InMemory("dkey"));
  const int reads = disk_->reads;
  EXPECT_EQ(Read("dkey", "dkey"), "json");
  EXPECT_EQ(disk_->reads, reads);
}

TEST_F(RawReportsTest, ANewerTextReplacesTheOneInMemory) {
  raws_.Put("dkey", EntryOf("old"));
  Read("dkey", "dkey");
  Read("dkey", "dkey");
  const absl::Time later = kStored + absl::Hours(1);
  raws_.Put("dkey", EntryOf("new", later));
  EXPECT_EQ(Read("dkey", "dkey"), "old")
      << "it still belongs to the verdict that was stored with it";
  EXPECT_EQ(Read("dkey", "dkey", later), "new");
}

TEST_F(RawReportsTest, ATextThatWaitsToBeWrittenIsFound) {
  queue_->hold = true;
  raws_.Put("dkey", EntryOf("json"));
  EXPECT_EQ(Read("dkey", "dkey"), "json");
  EXPECT_EQ(disk_->reads, 0);
}

TEST_F(RawReportsTest, ATextWithoutRoomIsDroppedAndCounted) {
  queue_->hold = true;
  raws_.Put("dkey", EntryOf(std::string(2000, 'x')));
  EXPECT_EQ(raws_.writes().refused(), 1);
  queue_->RunAll();
  EXPECT_TRUE(disk_->entries.empty());
}

TEST_F(RawReportsTest, TextsInUseHaveABound) {
  raws_.Put("da", EntryOf(std::string(150, 'a')));
  raws_.Put("db", EntryOf("b"));
  Bytes held;
  raws_.Read("da", "da", kStored,
             [&held](const absl::StatusOr<Bytes>& text) { held = *text; });
  ASSERT_NE(held, nullptr);
  const int reads = disk_->reads;
  EXPECT_EQ(Read("db", "db"), "no room");
  EXPECT_EQ(disk_->reads, reads);
  held = nullptr;
  EXPECT_EQ(Read("db", "db"), "b");
}

TEST_F(RawReportsTest, ARemovedTextIsGone) {
  raws_.Put("dkey", EntryOf("json"));
  raws_.Remove("dkey", kStored);
  EXPECT_EQ(Read("dkey", "dkey"), "none");
  EXPECT_EQ(Read("dkey", "dkey", std::nullopt), "none");
  EXPECT_TRUE(disk_->entries.at("dkey").value->empty());
}

TEST_F(RawReportsTest, ABrokenDiskHasNoTexts) {
  raws_.Put("dkey", EntryOf("json"));
  disk_->broken = true;
  EXPECT_EQ(Read("dkey", "dkey"), "none");
  EXPECT_EQ(raws_.Get("dkey", kStored), nullptr);
}

TEST_F(RawReportsTest, GetWaitsForTheDisk) {
  raws_.Put("dkey", EntryOf("json"));
  ASSERT_NE(raws_.Get("dkey", kStored), nullptr);
  EXPECT_EQ(*raws_.Get("dkey", kStored), "json");
  EXPECT_EQ(raws_.Get("dkey", kStored + absl::Hours(1)), nullptr);
}

TEST(RawReports, WithoutATierNothingIsKept) {
  RawReports raws({}, nullptr, nullptr);
  EXPECT_FALSE(raws.on());
  raws.Put("dkey", EntryOf("json"));
  raws.Remove("dkey", kStored);
  raws.Tend();
  bool asked = false;
  raws.Read("dkey", "dkey", kStored,
            [&asked](const absl::StatusOr<Bytes>& text) {
              asked = true;
              EXPECT_EQ(*text, nullptr);
            });
  EXPECT_TRUE(asked);
  EXPECT_EQ(raws.Get("dkey", kStored), nullptr);
}

}  // namespace
}  // namespace vtlookup
