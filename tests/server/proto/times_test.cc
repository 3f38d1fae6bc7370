#include "server/proto/times.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(Times, DurationsThereAndBack) {
  const struct {
    absl::Duration duration;
    int64_t seconds;
    int32_t nanos;
  } kCases[] = {
      {absl::ZeroDuration(), 0, 0},
      {absl::Seconds(90), 90, 0},
      {absl::Milliseconds(1500), 1, 500'000'000},
      {absl::Nanoseconds(1), 0, 1},
      // Protobuf wants the same sign in both.
      {absl::Milliseconds(-1500), -1, -500'000'000},
      {absl::Hours(24 * 36500), 3'153'600'000, 0},
  };
  for (const auto& c : kCases) {
    google::protobuf::Duration message;
    SetDuration(c.duration, &message);
    EXPECT_EQ(message.seconds(), c.seconds) << c.duration;
    EXPECT_EQ(message.nanos(), c.nanos) << c.duration;
    EXPECT_EQ(ToAbslDuration(message), c.duration);
  }
}

TEST(Times, TimestampsThereAndBack) {
  const struct {
    const char* time;
    int64_t seconds;
    int32_t nanos;
  } kCases[] = {
      {"1970-01-01T00:00:00Z", 0, 0},
      {"2023-11-14T22:13:20Z", 1'700'000'000, 0},
      {"2023-11-14T22:13:20.25Z", 1'700'000'000, 250'000'000},
      {"2023-11-14T23:13:20.000000001+01:00", 1'700'000'000, 1},
      // Protobuf wants nanoseconds that count forward, also before 1970.
      {"1969-12-31T23:59:59.75Z", -1, 750'000'000},
  };
  for (const auto& c : kCases) {
    absl::Time time;
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, c.time, &time, nullptr));
    google::protobuf::Timestamp message;
    SetTimestamp(time, &message);
    EXPECT_EQ(message.seconds(), c.seconds) << c.time;
    EXPECT_EQ(message.nanos(), c.nanos) << c.time;
    EXPECT_EQ(ToAbslTime(message), time);
  }
}

TEST(Times, WhatWasThereIsReplaced) {
  google::protobuf::Duration duration;
  duration.set_seconds(7);
  duration.set_nanos(7);
  SetDuration(absl::ZeroDuration(), &duration);
  EXPECT_EQ(ToAbslDuration(duration), absl::ZeroDuration());
  google::protobuf::Timestamp time;
  time.set_nanos(7);
  SetTimestamp(absl::FromUnixSeconds(3), &time);
  EXPECT_EQ(ToAbslTime(time), absl::FromUnixSeconds(3));
}

}  // namespace
}  // namespace vtlookup
