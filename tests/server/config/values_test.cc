#include "server/config/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

using testing::HasSubstr;

TEST(ConfigValues, Durations) {
  const struct {
    const char* text;
    absl::Duration duration;
    const char* printed;
  } kCases[] = {
      {"500ms", absl::Milliseconds(500), "500ms"},
      {"0", absl::ZeroDuration(), "0s"},
      {"0s", absl::ZeroDuration(), "0s"},
      {"30s", absl::Seconds(30), "30s"},
      {"90s", absl::Seconds(90), "1m30s"},
      {"15m", absl::Minutes(15), "15m"},
      {"24h", absl::Hours(24), "1d"},
      {"7d", absl::Hours(168), "7d"},
      {"1d12h", absl::Hours(36), "1d12h"},
      {"1d2h3m4s5ms",
       absl::Hours(26) + absl::Minutes(3) + absl::Milliseconds(4005),
       "1d2h3m4s5ms"},
      // In any order, and more than once.
      {"1s1h1s", absl::Hours(1) + absl::Seconds(2), "1h2s"},
      {"36500d", absl::Hours(24) * 36500, "36500d"},
  };
  for (const auto& c : kCases) {
    const auto parsed = ParseConfigDuration(c.text);
    ASSERT_TRUE(parsed.ok()) << c.text << ": " << parsed.status();
    EXPECT_EQ(*parsed, c.duration) << c.text;
    EXPECT_EQ(FormatConfigDuration(*parsed), c.printed);
    EXPECT_EQ(*ParseConfigDuration(c.printed), c.duration);
  }
}

TEST(ConfigValues, WhatIsNoDuration) {
  const struct {
    const char* text;
    const char* why;
  } kCases[] = {
      {"", "expected a duration"},
      {"s", "expected a duration"},
      {"1", "expected a duration"},
      {"00", "expected a duration"},
      {"1x", "expected a duration"},
      {"1S", "expected a duration"},
      {"-1s", "expected a duration"},
      {"1.5h", "expected a duration"},
      {"1h ", "expected a duration"},
      {" 1h", "expected a duration"},
      {"1h30", "expected a duration"},
      {"1h-30m", "expected a duration"},
      {"1 hour", "expected a duration"},
      {"36501d", "hundred years"},
      {"36500d1ms", "hundred years"},
      {"9223372036854775807d", "hundred years"},
      {"18446744073709551615ms", "hundred years"},
      {"99999999999999999999s", "expected a duration"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = ParseConfigDuration(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.why)) << c.text;
  }
}

TEST(ConfigValues, Sizes) {
  const struct {
    const char* text;
    uint64_t bytes;
    const char* printed;
  } kCases[] = {
      {"0", 0, "0"},
      {"1000", 1000, "1000"},
      {"64KiB", 65'536, "64KiB"},
      {"1024KiB", 1'048'576, "1MiB"},
      {"1536KiB", 1'572'864, "1536KiB"},
      {"256MiB", 268'435'456, "256MiB"},
      {"8GiB", 8'589'934'592, "8GiB"},
      {"1TiB", 1'099'511'627'776, "1TiB"},
      {"16777215TiB", 18'446'742'974'197'923'840U, "16777215TiB"},
      {"18446744073709551615", UINT64_MAX, "18446744073709551615"},
  };
  for (const auto& c : kCases) {
    const auto parsed = ParseConfigSize(c.text);
    ASSERT_TRUE(parsed.ok()) << c.text << ": " << parsed.status();
    EXPECT_EQ(*parsed, c.bytes) << c.text;
    EXPECT_EQ(FormatConfigSize(*parsed), c.printed);
  }
}

TEST(ConfigValues, WhatIsNoSize) {
  const struct {
    const char* text;
    const char* why;
  } kCases[] = {
      {"", "expected a size"},
      {"KiB", "expected a size"},
      {"1KB", "expected a size"},
      {"1kib", "expected a size"},
      {"1 MiB", "expected a size"},
      {"-1", "expected a size"},
      {"1.5GiB", "expected a size"},
      {"1GiB512MiB", "expected a size"},
      {"18446744073709551616", "expected a size"},
      {"16777216TiB", "is too large"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = ParseConfigSize(c.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.why)) << c.text;
  }
}

}  // namespace
}  // namespace vtlookup
