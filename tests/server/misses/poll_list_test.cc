#include "server/misses/poll_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/fakes/manual_loop.h"
#include "tests/server/misses/misses_helpers.h"

namespace vtlookup {
namespace {

class PollListTest : public testing::Test {
 protected:
  bool Put(const std::string& name, absl::Duration pause,
           const std::string& client = "") {
    return list_.Put(Domain(name), clock_.Now() + pause, {.client = client});
  }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  std::vector<std::string> due_;  // "<name> for <client>"
  PollList list_{
      2, clock_, loop_,
      [this](const Indicator& item, const PollList::Payer& payer) {
        due_.push_back(std::string(item.text()) + " for " + payer.client);
      }};
};

TEST_F(PollListTest, AnItemKeepsItsFirstPayerAndHasItsLatestTime) {
  EXPECT_TRUE(Put("a.com", absl::Minutes(1), "first"));
  EXPECT_TRUE(Put("a.com", absl::Minutes(2), "second"));
  loop_.Advance(absl::Seconds(119));
  EXPECT_TRUE(due_.empty());
  loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(due_, std::vector<std::string>{"a.com for first"});
}

TEST_F(PollListTest, AFullListTakesNoFurtherItem) {
  EXPECT_TRUE(Put("a.com", absl::Minutes(1)));
  EXPECT_TRUE(Put("b.com", absl::Minutes(1)));
  EXPECT_FALSE(Put("c.com", absl::Minutes(1)));
  EXPECT_TRUE(Put("a.com", absl::Minutes(2))) << "it has its place";
  list_.Remove(Domain("b.com").key());
  EXPECT_TRUE(Put("c.com", absl::Minutes(1)));
}

// Nothing is asked again in a loop, whatever the time says.
TEST_F(PollListTest, ATimeInThePastMeansInASecond) {
  EXPECT_TRUE(Put("a.com", -absl::Hours(1)));
  loop_.Advance(absl::Milliseconds(999));
  EXPECT_TRUE(due_.empty());
  loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(due_.size(), 1U);
}

TEST_F(PollListTest, AnItemIsGivenUpAfterADay) {
  EXPECT_TRUE(Put("a.com", absl::Hours(23)));
  loop_.Advance(absl::Hours(24));
  EXPECT_TRUE(Put("a.com", absl::Minutes(1))) << "not a day yet";
  loop_.Advance(absl::Minutes(1));
  EXPECT_TRUE(Put("a.com", absl::Minutes(1)));
  EXPECT_FALSE(list_.Has(Domain("a.com").key()));
  loop_.Advance(absl::Hours(1));
  EXPECT_EQ(due_.size(), 2U);
}

TEST_F(PollListTest, NothingFallsDueAfterClose) {
  EXPECT_TRUE(Put("a.com", absl::Minutes(1)));
  list_.Close();
  EXPECT_TRUE(Put("b.com", absl::Minutes(1)));
  loop_.Advance(absl::Hours(1));
  EXPECT_TRUE(due_.empty());
}

}  // namespace
}  // namespace vtlookup
