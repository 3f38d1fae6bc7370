#include "server/misses/failure_backoff.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "core/failure.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

TEST(FailureBackoff, DoublesUpToFiveMinutesAndIsBounded) {
  FailureBackoff memory(2);
  absl::Duration now = absl::Hours(1);
  std::vector<int64_t> pauses;
  for (int i = 0; i < 9; ++i) {
    memory.Note("a", BadAnswer("x"), now);
    const auto failure = memory.Find("a", now);
    ASSERT_TRUE(failure.has_value());
    pauses.push_back(absl::ToInt64Seconds(*FailureOf(*failure).retry_after));
    now += *FailureOf(*failure).retry_after;
    EXPECT_FALSE(memory.Find("a", now).has_value());
  }
  EXPECT_EQ(pauses,
            (std::vector<int64_t>{5, 10, 20, 40, 80, 160, 300, 300, 300}));
  memory.Note("b", BadAnswer("x"), now);
  memory.Note("c", BadAnswer("x"), now);
  EXPECT_EQ(memory.size(), 2);
  EXPECT_FALSE(memory.Find("a", now).has_value()) << "the oldest has gone";
  memory.Forget("b");
  EXPECT_FALSE(memory.Find("b", now).has_value());
}

TEST(FailureBackoff, VirusTotalsOwnTimeCounts) {
  FailureBackoff memory(2);
  memory.Note("a", NotAvailableYet(), absl::Hours(1));
  EXPECT_EQ(FailureOf(*memory.Find("a", absl::Hours(1))).retry_after,
            absl::Minutes(1));
}

}  // namespace
}  // namespace vtlookup
