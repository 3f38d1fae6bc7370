#include "server/lookup/traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "core/failure.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

Answer AnswerOf(Kind kind, ResponseCode code, v1::Source source,
                bool stale = false) {
  return {.kind = kind,
          .indicator = "x",
          .entry = FreshEntry(ValueOf(code), kNow),
          .source = source,
          .stale = stale};
}

TEST(Traffic, CountsByKindCodeAndSource) {
  Traffic traffic;
  const struct {
    Answer answer;
    size_t kind;  // as metrics number them
    size_t code;
    size_t source;
  } kCases[] = {
      {AnswerOf(Kind::kFile, ResponseCode::kPresent, v1::SOURCE_MEMORY), 1, 3,
       1},
      {AnswerOf(Kind::kUrl, ResponseCode::kMissing, v1::SOURCE_DISK), 2, 2, 2},
      {AnswerOf(Kind::kDomain, ResponseCode::kQueued, v1::SOURCE_VIRUSTOTAL), 3,
       0, 4},
      {AnswerOf(Kind::kUrlScan, ResponseCode::kInvalid, v1::SOURCE_LOCAL), 5, 1,
       5},
  };
  for (const auto& c : kCases) {
    traffic.Answered(ViewOf(c.answer), absl::Milliseconds(1));
    EXPECT_EQ(traffic.answered(c.kind, c.code, c.source), 1);
  }
  EXPECT_EQ(traffic.lookups(), 4);
  EXPECT_EQ(traffic.hits(), 3);
  EXPECT_EQ(traffic.from(v1::SOURCE_MEMORY), 1);
  EXPECT_EQ(traffic.from(v1::SOURCE_SHARED), 0);
  EXPECT_EQ(traffic.stale(), 0);
  traffic.Answered(ViewOf(AnswerOf(Kind::kIp, ResponseCode::kPresent,
                                   v1::SOURCE_DISK, true)),
                   absl::Milliseconds(1));
  EXPECT_EQ(traffic.stale(), 1);
}

TEST(Traffic, ABoundBelongsToTheBucketBelowIt) {
  const struct {
    absl::Duration elapsed;
    size_t bucket;
  } kCases[] = {
      {absl::ZeroDuration(), 0},    {absl::Seconds(-1), 0},
      {absl::Microseconds(10), 0},  {absl::Microseconds(11), 1},
      {absl::Milliseconds(100), 8}, {absl::Milliseconds(101), 9},
      {absl::Milliseconds(250), 9}, {absl::Seconds(30), 14},
      {absl::Seconds(31), 15},      {absl::Hours(1), 15},
  };
  for (const auto& c : kCases) {
    Traffic traffic;
    traffic.Answered(
        ViewOf(AnswerOf(Kind::kIp, ResponseCode::kPresent, v1::SOURCE_MEMORY)),
        c.elapsed);
    for (size_t i = 0; i <= Traffic::kBounds.size(); ++i) {
      EXPECT_EQ(traffic.in_bucket(i), i == c.bucket) << c.elapsed << i;
    }
    EXPECT_NEAR(traffic.seconds(),
                std::max(0.0, absl::ToDoubleSeconds(c.elapsed)), 1e-9);
  }
}

TEST(Traffic, ATallyCountsAsItsLookupsWould) {
  const Answer answers[] = {
      AnswerOf(Kind::kIp, ResponseCode::kPresent, v1::SOURCE_MEMORY),
      AnswerOf(Kind::kIp, ResponseCode::kPresent, v1::SOURCE_MEMORY, true),
      AnswerOf(Kind::kFile, ResponseCode::kQueued, v1::SOURCE_DISK)};
  Traffic::Tally tally;
  for (const Answer& answer : answers) tally.Add(ViewOf(answer));
  EXPECT_EQ(tally.count(), 3);
  Traffic traffic;
  traffic.Answered(tally, absl::Milliseconds(2));
  EXPECT_EQ(traffic.answered(4, 3, 1), 2);
  EXPECT_EQ(traffic.answered(1, 0, 2), 1);
  EXPECT_EQ(traffic.stale(), 1);
  EXPECT_EQ(traffic.lookups(), 3);
  EXPECT_EQ(traffic.in_bucket(5), 3);
  EXPECT_NEAR(traffic.seconds(), 0.006, 1e-9);
  traffic.Answered(Traffic::Tally(), absl::Hours(1));
  EXPECT_EQ(traffic.lookups(), 3);
}

TEST(Traffic, FailuresCountByTheirReasonOrElseTheirCode) {
  Traffic traffic;
  const absl::Status not_cached = FailureStatus(absl::StatusCode::kNotFound,
                                                "no", {.reason = "NOT_CACHED"});
  traffic.Failed(not_cached);
  traffic.Failed(not_cached);
  traffic.Failed(absl::CancelledError("gone"));
  EXPECT_THAT(traffic.failures(),
              ElementsAre(Pair("CANCELLED", 1), Pair("NOT_CACHED", 2)));
  EXPECT_EQ(traffic.failed(), 3);
  EXPECT_EQ(traffic.lookups(), 3);
  EXPECT_EQ(traffic.hits(), 0);
}

TEST(Traffic, CallsCountByMethodAndCode) {
  Traffic traffic;
  traffic.Ended(RpcMethod::kLookup, absl::StatusCode::kOk);
  traffic.Ended(RpcMethod::kLookup, absl::StatusCode::kOk);
  traffic.Ended(RpcMethod::kWatchLookup, absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(traffic.ended(RpcMethod::kLookup, absl::StatusCode::kOk), 2);
  EXPECT_EQ(traffic.ended(RpcMethod::kWatchLookup,
                          absl::StatusCode::kUnauthenticated),
            1);
  EXPECT_EQ(traffic.ended(RpcMethod::kBatchLookup, absl::StatusCode::kOk), 0);
  EXPECT_EQ(traffic.calls(), 3);
  EXPECT_EQ(traffic.lookups(), 0);
}

TEST(Traffic, MethodsHaveTheNamesOfTheService) {
  const google::protobuf::ServiceDescriptor* const service =
      v1::LookupRequest::descriptor()->file()->FindServiceByName(
          "LookupService");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(static_cast<size_t>(service->method_count()), kMethods);
  for (size_t i = 0; i < kMethods; ++i) {
    const std::string name(RpcMethodName(static_cast<RpcMethod>(i)));
    EXPECT_NE(service->FindMethodByName(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace vtlookup
