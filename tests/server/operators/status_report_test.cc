#include "server/operators/status_report.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "core/failure.h"
#include "tests/server/operators/operators_fixture.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

constexpr int64_t kSevenOClock = 1'795'503'600;

using StatusReportTest = OperatorsTest;

TEST_F(StatusReportTest, IsReadyWhenCallsGetThrough) {
  EXPECT_EQ(report_.Ready().message(), "the daemon does not listen yet");
  absl::Status reachable = absl::UnavailableError("no call gets through");
  report_.SetAddress("127.0.0.1:1", [&] { return reachable; });
  EXPECT_EQ(report_.Ready(), reachable);
  EXPECT_FALSE(report_.Status().ready());
  EXPECT_EQ(report_.Status().not_ready_reason(), "no call gets through");
  reachable = absl::OkStatus();
  EXPECT_TRUE(report_.Ready().ok());
  EXPECT_TRUE(report_.Status().ready());
  EXPECT_EQ(report_.Status().not_ready_reason(), "");
  EXPECT_EQ(report_.Status().listen_address(), "127.0.0.1:1");
  report_.SetStopping();
  EXPECT_EQ(FailureOf(report_.Ready()).reason, "SHUTTING_DOWN");
}

TEST_F(StatusReportTest, AReloadThatFailsKeepsTheTimeOfTheOneBefore) {
  clock().Advance(absl::Minutes(1));
  report_.NoteReload(absl::InvalidArgumentError("cache.paht: unknown key"));
  EXPECT_EQ(report_.reloads_failed(), 1);
  v1::GetStatusResponse status = report_.Status();
  EXPECT_EQ(status.config_error(), "cache.paht: unknown key");
  EXPECT_EQ(status.config_time().seconds(), kSevenOClock);
  EXPECT_EQ(status.start_time().seconds(), kSevenOClock);

  clock().Advance(absl::Minutes(1));
  report_.NoteReload(absl::OkStatus());
  status = report_.Status();
  EXPECT_EQ(status.config_error(), "");
  EXPECT_EQ(status.config_time().seconds(), kSevenOClock + 120);
  EXPECT_EQ(status.start_time().seconds(), kSevenOClock);
  EXPECT_EQ(report_.config_time(), absl::FromUnixSeconds(kSevenOClock + 120));
  EXPECT_EQ(report_.reloads_failed(), 1);
}

TEST_F(StatusReportTest, SumsUpTheTraffic) {
  Answer answer{
      .kind = Kind::kDomain,
      .indicator = "a.com",
      .entry = FreshEntry(ValueOf(ResponseCode::kPresent), clock().Now()),
      .source = v1::SOURCE_MEMORY,
      .stale = true};
  traffic_.Answered(ViewOf(answer), absl::Milliseconds(1));
  answer.source = v1::SOURCE_VIRUSTOTAL;
  answer.stale = false;
  traffic_.Answered(ViewOf(answer), absl::Milliseconds(1));
  traffic_.Failed(absl::CancelledError("gone"));
  traffic_.Ended(RpcMethod::kBatchLookup, absl::StatusCode::kOk);
  const v1::TrafficStatus traffic = report_.Status().traffic();
  EXPECT_EQ(traffic.calls(), 1);
  EXPECT_EQ(traffic.lookups(), 3);
  EXPECT_EQ(traffic.hits(), 1);
  EXPECT_EQ(traffic.stale_served(), 1);
  EXPECT_THAT(traffic.by_source(),
              UnorderedElementsAre(Pair("memory", 1), Pair("disk", 0),
                                   Pair("virustotal", 1), Pair("local", 0),
                                   Pair("failed", 1)));
}

TEST_F(StatusReportTest, TellsOfTheCacheAndItsLimits) {
  world_.cache.Put("u1",
                   FreshEntry(ValueOf(ResponseCode::kMissing), clock().Now()));
  const v1::CacheStatus cache = report_.Status().cache();
  EXPECT_EQ(cache.memory_entries(), 1);
  EXPECT_GT(cache.memory_bytes(), 0);
  EXPECT_EQ(cache.memory_limit(), 1000);
  EXPECT_EQ(cache.disk_limit(), 2000);
  EXPECT_FALSE(cache.disk_off());
}

TEST_F(StatusReportTest, TellsTheQuotaOfEachKey) {
  ASSERT_TRUE(world_.keys.Take(Lane::kInteractive, clock().ReadMoment()).ok());
  const auto quota = report_.Quota();
  ASSERT_TRUE(quota.ok()) << quota.status();
  v1::GetQuotaResponse expected;
  // The day ends at midnight, the month on 1 December, both in UTC.
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "keys {name: 'one' "
      "windows {window: 'minute' used: 1 limit: 4} "
      "windows {window: 'day' used: 1 limit: 500 "
      "reset_time {seconds: 1795564800}} "
      "windows {window: 'month' used: 1 reset_time {seconds: 1796083200}}}",
      &expected));
  EXPECT_EQ(quota->ShortDebugString(), expected.ShortDebugString());
}

}  // namespace
}  // namespace vtlookup
