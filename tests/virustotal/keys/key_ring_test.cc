// What the ring counts with each key, also across restarts.

#include "virustotal/keys/key_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/virustotal/keys/key_ring_fixture.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(KeyRingTest, CountsOutliveTheProcess) {
  Open({.per_day = 10});
  Take(2);
  ASSERT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
  ring_->Refund(*ring_->keys()[0], now_, now_);
  // No destructor, as after kill -9: what was appended is there.
  const auto killed = std::move(ring_);
  Open({.per_day = 10});
  EXPECT_EQ(Left(), std::pair(8, 10));
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(KeyRingTest, AndANewDayForgetsThem) {
  Open({.per_day = 2});
  EXPECT_EQ(Left(), std::pair(2, 2));
  Advance(absl::Hours(24));
  Open({.per_day = 2});
  EXPECT_EQ(Left(), std::pair(2, 2));
}

TEST_F(KeyRingTest, ManyRestartsAddNothing) {
  Open({.per_minute = 5, .per_day = 10, .per_month = 20});
  Take(4);
  for (int i = 0; i < 20; ++i) Open({.per_minute = 5, .per_day = 10});
  EXPECT_EQ(Left(), std::pair(1, 5));
}

// It may have arrived just before the process ended.
TEST_F(KeyRingTest, AfterARestartARequestHasArrivedAsLateAsItCould) {
  Open({.per_minute = 1});
  ASSERT_TRUE(ring_->TakeFrom(*ring_->keys()[0], Lane::kBulk, now_).ok());
  Advance(absl::Seconds(30));
  Open({.per_minute = 1});
  KeyRing::Key& key = *ring_->keys()[0];
  Advance(absl::Seconds(49));
  EXPECT_FALSE(ring_->TakeFrom(key, Lane::kBulk, now_).ok());
  Advance(absl::Seconds(1));
  EXPECT_TRUE(ring_->TakeFrom(key, Lane::kBulk, now_).ok());
}

TEST_F(KeyRingTest, AKeyThatIsNewIsNoLoss) {
  names_ = {"one"};
  Open({.per_day = 10});
  Take(3);
  names_ = {"one", "two"};
  Open({.per_day = 10}, true);
  EXPECT_THAT(reports_, IsEmpty());
  EXPECT_EQ(Left(), std::pair(7, 10));
}

TEST_F(KeyRingTest, VirusTotalsWordReplacesWhatIsAssumedAlsoAfterARestart) {
  names_ = {"one"};
  Open({.per_day = 100}, true);
  EXPECT_EQ(Used(WindowKind::kDay), 95);
  Open({.per_day = 100}, true);
  Take(1);
  Quota::Told told;
  told[WindowKind::kDay] = {.allowed = 100, .used = 40};
  ring_->Correct(*ring_->keys()[0], told, now_);
  EXPECT_EQ(Left().first, 60);
  Open({.per_day = 100}, true);
  EXPECT_EQ(Left().first, 0);
  ring_->Correct(*ring_->keys()[0], told, now_);
  EXPECT_EQ(Used(WindowKind::kDay), 100) << "nothing is assumed any more";
}

TEST_F(KeyRingTest, TellsOnceThatAKeyIsRefused) {
  Open({});
  ring_->OnKeyRefused(*ring_->keys()[0]);
  ring_->OnKeyRefused(*ring_->keys()[0]);
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("\"one\"")));
  EXPECT_EQ((*ring_->Take(Lane::kBulk, now_))->name, "two");
}

TEST_F(KeyRingTest, WithoutWaitingVirusTotalIsNotAskedAtOnceAgain) {
  Open({});
  for (const auto& key : ring_->keys()) {
    ring_->OnNoRoom(*key, QuotaUsedUp("minute", absl::ZeroDuration()), now_,
                    now_);
  }
  EXPECT_FALSE(ring_->Take(Lane::kInteractive, now_).ok());
  Advance(absl::Minutes(1));
  EXPECT_TRUE(ring_->Take(Lane::kInteractive, now_).ok());
}

TEST_F(KeyRingTest, AnOperatorEndsAPauseForGood) {
  Open({});
  for (const auto& key : ring_->keys()) {
    ring_->OnNoRoom(*key, QuotaRefused(absl::Minutes(30)), now_, now_);
  }
  EXPECT_FALSE(ring_->Take(Lane::kInteractive, now_).ok());
  EXPECT_EQ(ring_->Find("nobody"), nullptr);
  ring_->Resume(*ring_->Find("two"), now_);
  EXPECT_EQ((*ring_->Take(Lane::kInteractive, now_))->name, "two");
  Open({});  // as after a restart
  EXPECT_EQ((*ring_->Take(Lane::kInteractive, now_))->name, "two");
}

TEST_F(KeyRingTest, ARefusedKeyIsResumedToo) {
  Open({});
  ring_->OnKeyRefused(*ring_->Find("one"));
  ring_->Resume(*ring_->Find("one"), now_);
  EXPECT_EQ((*ring_->Take(Lane::kBulk, now_))->name, "one");
}

TEST_F(KeyRingTest, AnotherKeyInItsPlaceDoesNotInheritAPause) {
  Open({});
  for (const auto& key : ring_->keys()) {
    ring_->OnNoRoom(*key, QuotaRefused(absl::Minutes(30)), now_, now_);
  }
  const Access same = ring_->keys()[0]->access;
  Access other = ring_->keys()[1]->access;
  other.api_key += "-new";
  ring_->Exchange({{.name = "one", .access = same, .limits = {}},
                   {.name = "two", .access = other, .limits = {}}},
                  now_);
  EXPECT_EQ((*ring_->Take(Lane::kInteractive, now_))->name, "two");
}

}  // namespace
}  // namespace vtlookup
