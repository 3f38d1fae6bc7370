#include "server/transport/unsent_budget.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace vtlookup {
namespace {

TEST(UnsentBudget, AConnectionMayHaveAQuarterAndAClientHalf) {
  UnsentBudget budget(1000);
  UnsentBudget::Account first = budget.Open("soc", "ipv4:10.0.0.1:1");
  UnsentBudget::Account same = budget.Open("soc", "ipv4:10.0.0.1:1");
  UnsentBudget::Account second = budget.Open("soc", "ipv4:10.0.0.1:2");
  UnsentBudget::Account third = budget.Open("soc", "ipv4:10.0.0.1:3");
  UnsentBudget::Account other = budget.Open("desk", "ipv4:10.0.0.2:1");
  EXPECT_TRUE(first.Grow(200));
  EXPECT_FALSE(same.Grow(51)) << "the connection has 250";
  EXPECT_TRUE(same.Grow(50));
  EXPECT_TRUE(second.Grow(250));
  EXPECT_FALSE(third.Grow(1)) << "the client has 500";
  EXPECT_TRUE(other.Grow(250));
  EXPECT_EQ(budget.bytes(), 750U);
  EXPECT_EQ(budget.refused(), 2U);
  first.Shrink(200);
  EXPECT_TRUE(third.Grow(200));
}

TEST(UnsentBudget, AllOfItIsNeverPassed) {
  UnsentBudget budget(1000);
  std::vector<UnsentBudget::Account> accounts;
  for (int i = 0; i < 200; ++i) {
    accounts.push_back(budget.Open(absl::StrCat("c", i), absl::StrCat(i)));
    accounts.back().Grow(i < 3 ? 250 : 10);
    EXPECT_LE(budget.bytes(), 1000U);
  }
  EXPECT_EQ(budget.bytes(), 1000U);
  UnsentBudget::Account small = budget.OpenSmall();
  EXPECT_FALSE(small.Grow(1));
  accounts.clear();
  EXPECT_EQ(budget.bytes(), 0U);
  EXPECT_TRUE(small.Grow(1000));
}

// The unread replies of one client must not prevent replies to the others.
TEST(UnsentBudget, TheLastEighthIsForClientsThatHoldLittle) {
  UnsentBudget budget(6400);
  std::vector<UnsentBudget::Account> hoarders;
  for (int i = 0; i < 4; ++i) {
    const std::string client = absl::StrCat("hoarder", i % 2);
    hoarders.push_back(budget.Open(client, absl::StrCat(i)));
    while (hoarders.back().Grow(80)) {
    }
  }
  EXPECT_EQ(budget.bytes(), 5600U);
  UnsentBudget::Account honest = budget.Open("honest", "9");
  EXPECT_TRUE(honest.Grow(100));
  EXPECT_FALSE(honest.Grow(1)) << "it has its part of the last eighth";
  EXPECT_TRUE(budget.Open("another", "10").Grow(100));
  EXPECT_FALSE(budget.Open("another", "10").Grow(101));
}

TEST(UnsentBudget, SmallRepliesHaveTheirSharesOnceAQuarterIsTaken) {
  UnsentBudget budget(4 * UnsentBudget::kLarge);
  EXPECT_FALSE(budget.IsSmall(UnsentBudget::kLarge));
  EXPECT_TRUE(budget.IsSmall(UnsentBudget::kLarge - 1));
  UnsentBudget::Account account = budget.OpenSmall();
  EXPECT_TRUE(account.Grow(UnsentBudget::kLarge - 1));
  EXPECT_TRUE(budget.IsSmall(1));
  EXPECT_TRUE(account.Grow(1));
  EXPECT_FALSE(budget.IsSmall(1));
}

TEST(UnsentBudget, SaysWhoHoldsItWhenHalfIsTaken) {
  UnsentBudget budget(1000);
  UnsentBudget::Account a = budget.Open("soc", "ipv4:10.0.0.1:1");
  UnsentBudget::Account b = budget.Open("soc", "ipv4:10.0.0.1:2");
  UnsentBudget::Account c = budget.Open("desk", "ipv4:10.0.0.2:1");
  EXPECT_TRUE(a.Grow(200));
  EXPECT_TRUE(b.Grow(250));
  EXPECT_TRUE(c.Grow(50));
  EXPECT_TRUE(budget.HeldWhenPressed().empty());
  EXPECT_TRUE(c.Grow(1));
  EXPECT_EQ(budget.HeldWhenPressed(),
            (UnsentBudget::ByConnection{{"ipv4:10.0.0.1:1", 200},
                                        {"ipv4:10.0.0.1:2", 250},
                                        {"ipv4:10.0.0.2:1", 51}}));
}

TEST(UnsentBudget, OneReplyMayPassItsConnectionsPartWhenNothingElseWaits) {
  UnsentBudget budget(1000);
  UnsentBudget::Account account = budget.Open("soc", "1");
  EXPECT_TRUE(account.Grow(600));
  EXPECT_FALSE(account.Grow(1));
  EXPECT_TRUE(account.crowded());
  account.Shrink(600);
  EXPECT_FALSE(account.crowded());
}

TEST(UnsentBudget, AnAccountGivesBackWhatItHolds) {
  UnsentBudget budget(1000);
  {
    UnsentBudget::Account account = budget.Open("soc", "1");
    EXPECT_TRUE(account.Grow(100));
    UnsentBudget::Account moved = std::move(account);
    EXPECT_TRUE(moved.Grow(100));
    EXPECT_EQ(budget.bytes(), 200U);
    moved = budget.OpenSmall();
    EXPECT_EQ(budget.bytes(), 0U);
    EXPECT_TRUE(moved.Grow(10));
  }
  EXPECT_EQ(budget.bytes(), 0U);
  EXPECT_TRUE(budget.Open("soc", "1").Grow(250)) << "nothing is left of it";
}

TEST(UnsentBudget, ThreadsDoNotLoseCount) {
  UnsentBudget budget(1000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&budget, t] {
      for (int i = 0; i < 2000; ++i) {
        UnsentBudget::Account account =
            budget.Open("soc", absl::StrCat(t, " ", i % 100));
        if (account.Grow(200)) account.Shrink(100);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.bytes(), 0U);
}

}  // namespace
}  // namespace vtlookup
