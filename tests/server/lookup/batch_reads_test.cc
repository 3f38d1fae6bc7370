#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/config/load.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/scenarios/world.h"

namespace vtlookup {
namespace {

// One batch asks about four domains. The first three are on disk, and the disk
// answers when the test says so.
class BatchReadsTest : public testing::Test {
 protected:
  static constexpr size_t kAsked = 4;

  BatchReadsTest() : world_(ConfigHere(), lasting_) {
    for (size_t i = 0; i + 1 < kAsked; ++i) {
      lasting_.disk->entries[KeyOf(i)] = VerdictFrom(lasting_.clock.Now());
    }
    lasting_.disk_queue->hold = true;
    first_ = world_.resolver.ReserveIds(kAsked);
  }

  static v1::Config ConfigHere() {
    v1::Config config;
    ApplyDefaults(&config);
    return config;
  }
  static std::string NameOf(size_t i) { return absl::StrCat("d", i, ".com"); }
  static std::string KeyOf(size_t i) {
    return Indicator::Parse(Kind::kDomain, NameOf(i))->key();
  }
  static Entry VerdictFrom(absl::Time stored) {
    v1::Verdict verdict;
    verdict.set_response_code(1);
    return {std::make_shared<const std::string>(
                StoredVerdict::Encode(verdict, 0, false)),
            stored, stored + absl::Hours(24), stored + absl::Hours(48)};
  }

  void Ask() {
    std::vector<std::string> names;
    for (size_t i = 0; i < kAsked; ++i) names.push_back(NameOf(i));
    std::vector<RawIndicator> asked;
    asked.reserve(names.size());
    for (const std::string& name : names) {
      asked.push_back({Kind::kDomain, name});
    }
    std::vector<Resolver::Request> requests;
    world_.front.TryMany(
        asked, "indicators", Want(), lasting_.clock.Now(),
        [](size_t, const AnswerView&) { FAIL() << "memory is empty"; },
        [&](size_t i, FastPath::Outcome outcome) {
          requests.push_back({first_ + i, std::move(std::get<Miss>(outcome)),
                              [this, i](absl::StatusOr<Answer> answer) {
                                ASSERT_FALSE(answers_[i].has_value());
                                answers_[i] = std::move(answer);
                              }});
        });
    world_.resolver.Resolve(std::move(requests));
    world_.loop.RunPosted();
  }
  void ReadDisk() {
    lasting_.disk_queue->RunAll();
    world_.loop.RunPosted();
  }
  v1::Source SourceOf(size_t i) const { return (*answers_[i])->source; }

  Lasting lasting_;
  World world_;
  Resolver::WaiterId first_ = 0;
  std::vector<std::optional<absl::StatusOr<Answer>>> answers_{kAsked};
};

TEST_F(BatchReadsTest, OneReadAnswersWhatIsOnDiskAndTheRestIsFetched) {
  Ask();
  EXPECT_EQ(world_.resolver.waiting(), kAsked);
  ReadDisk();
  EXPECT_EQ(lasting_.disk->reads, 1);
  for (size_t i = 0; i + 1 < kAsked; ++i) {
    EXPECT_EQ(SourceOf(i), v1::SOURCE_DISK) << i;
  }
  EXPECT_FALSE(answers_[kAsked - 1].has_value());
  ASSERT_EQ(world_.http.pending.size(), 1);
  EXPECT_EQ(world_.resolver.waiting(), 1);
}

TEST_F(BatchReadsTest, WhoLeavesWhileTheDiskIsReadIsTold) {
  Ask();
  world_.resolver.Cancel(first_ + 2, 2);
  world_.loop.RunPosted();
  EXPECT_TRUE(absl::IsCancelled(answers_[2]->status()));
  EXPECT_TRUE(absl::IsCancelled(answers_[3]->status()));
  ReadDisk();
  EXPECT_EQ(SourceOf(0), v1::SOURCE_DISK);
  EXPECT_EQ(SourceOf(1), v1::SOURCE_DISK);
  EXPECT_TRUE(world_.http.pending.empty()) << "nobody waits for it";
}

TEST_F(BatchReadsTest, WhatCameWhileTheDiskWasReadCounts) {
  lasting_.disk->entries.erase(KeyOf(1));
  Ask();
  const absl::Time later = lasting_.clock.Now() + absl::Seconds(1);
  for (const size_t i : {0U, 1U, 3U}) {
    world_.cache.Put(KeyOf(i), VerdictFrom(later));
  }
  ReadDisk();
  for (const size_t i : {0U, 1U, 3U}) {
    EXPECT_EQ((*answers_[i])->entry.stored, later) << i;
  }
  EXPECT_TRUE(world_.http.pending.empty());
}

TEST_F(BatchReadsTest, ThoseThatWaitForTheDiskAreToldWhenItEnds) {
  Ask();
  bool drained = false;
  world_.resolver.Drain(absl::Seconds(5), [&drained] { drained = true; });
  EXPECT_FALSE(drained);
  world_.loop.Advance(absl::Seconds(6));
  EXPECT_TRUE(drained);
  for (const auto& answer : answers_) {
    EXPECT_TRUE(absl::IsUnavailable(answer->status()));
  }
  ReadDisk();  // comes too late, so nothing happens
}

}  // namespace
}  // namespace vtlookup
