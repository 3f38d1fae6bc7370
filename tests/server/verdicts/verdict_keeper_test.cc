#include "server/verdicts/verdict_keeper.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"

namespace vtlookup {
namespace {

class VerdictKeeperTest : public testing::Test {
 protected:
  VerdictKeeper::Kept Keep(Ask ask, int code, absl::Status missing) {
    Upstream::Reply reply{.verdict = {}, .missing = std::move(missing)};
    reply.verdict->set_response_code(code);
    return keeper_.Keep(*Indicator::Parse(Kind::kUrl, "http://a.com/"), ask,
                        std::move(reply), nullptr, false, now_);
  }

  const absl::Time now_ = absl::FromUnixSeconds(1795503600);
  const v1::CacheConfig config_ = [] {
    v1::CacheConfig config;
    config.mutable_ttl()->mutable_present()->set_seconds(3600);
    config.mutable_ttl()->mutable_missing()->set_seconds(3600);
    config.mutable_ttl()->mutable_queued()->set_seconds(60);
    return config;
  }();
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  VerdictKeeper keeper_{config_, cache_};
};

// The scan of a URL could not be asked for: soon it can.
TEST_F(VerdictKeeperTest, KeepsForAShortTimeWhatMissesAPart) {
  EXPECT_GT(Keep(Ask::kReportOrSubmit, 0, absl::OkStatus()).entry.fresh_until,
            now_ + absl::Minutes(50));
  EXPECT_EQ(Keep(Ask::kReportOrSubmit, 0, absl::UnavailableError("503"))
                .entry.fresh_until,
            now_ + absl::Seconds(60));
}

TEST_F(VerdictKeeperTest, AScanThatIsQueuedHidesNoReport) {
  EXPECT_TRUE(Keep(Ask::kReport, 1, absl::OkStatus()).stored);
  EXPECT_FALSE(Keep(Ask::kSubmit, -2, absl::OkStatus()).stored);
}

}  // namespace
}  // namespace vtlookup
