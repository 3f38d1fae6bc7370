#include "server/misses/retry_budget.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(RetryBudget, IsEarnedBySuccess) {
  RetryBudget budget;
  int spent = 0;
  while (budget.Spend()) ++spent;
  EXPECT_EQ(spent, 10);
  for (int i = 0; i < 11; ++i) budget.OnSuccess();
  EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.Spend());
}

}  // namespace
}  // namespace vtlookup
