#include "server/misses/watch_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/misses/misses_helpers.h"

namespace vtlookup {
namespace {

class WatchListTest : public testing::Test {
 protected:
  void Add(WatchList::Id id, const std::string& key) {
    list_.Add(id, key, [this, id](const absl::StatusOr<Answer>& answer) {
      told_.push_back((answer.ok() ? "verdict-" : "end-") + std::to_string(id));
    });
  }

  using Texts = std::vector<std::string>;
  const Answer answer_ =
      AnswerOf(Domain("a.com"), EntryOf(1, absl::UnixEpoch()));
  Texts told_;
  WatchList list_;
};

TEST_F(WatchListTest, TellsThoseWhoWatchTheItem) {
  Add(1, "a");
  Add(2, "b");
  list_.Tell("a", answer_);
  list_.Tell("a", answer_);
  list_.Tell("c", answer_);
  EXPECT_EQ(told_, (Texts{"verdict-1", "verdict-1"}));
}

TEST_F(WatchListTest, AStatusIsTheLastThatAWatcherHears) {
  Add(1, "a");
  EXPECT_TRUE(list_.End(1, absl::CancelledError("")));
  EXPECT_FALSE(list_.End(1, absl::CancelledError("")));
  EXPECT_FALSE(list_.Any("a"));
  list_.Tell("a", answer_);
  EXPECT_EQ(told_, Texts{"end-1"});
}

TEST_F(WatchListTest, OneThatIsRemovedHearsNothing) {
  Add(1, "a");
  EXPECT_TRUE(list_.Remove(1));
  EXPECT_FALSE(list_.Remove(1));
  list_.EndAll(absl::UnavailableError(""));
  EXPECT_EQ(told_, Texts{});
}

// As a call does that ends with the verdict.
TEST_F(WatchListTest, AWatcherMayRemoveItselfAndOthers) {
  for (const WatchList::Id id : {1, 2}) {
    list_.Add(id, "a", [this](const absl::StatusOr<Answer>& /*answer*/) {
      told_.emplace_back("verdict");
      list_.Remove(1);
      list_.Remove(2);
    });
  }
  list_.Tell("a", answer_);
  EXPECT_EQ(told_, Texts{"verdict"});
  EXPECT_EQ(list_.size(), 0U);
}

}  // namespace
}  // namespace vtlookup
