#include "client/command/shared_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace vtlookup {
namespace {

// What --for makes of the text; nothing when it is refused.
std::optional<absl::Duration> DurationOf(const std::string& text) {
  std::optional<absl::Duration> duration;
  CLI::App app;
  AddDuration(&app, "--for", "",
              [&duration](absl::Duration d) { duration = d; });
  try {
    app.parse(std::vector<std::string>{"--for=" + text});
  } catch (const CLI::ParseError&) {
    EXPECT_FALSE(duration.has_value()) << text;
    return std::nullopt;
  }
  return duration;
}

TEST(SharedOptions, DurationsAreAbseilsOrDays) {
  EXPECT_EQ(DurationOf("1h30m"), absl::Minutes(90));
  EXPECT_EQ(DurationOf("250ms"), absl::Milliseconds(250));
  EXPECT_EQ(DurationOf("1.5s"), absl::Milliseconds(1500));
  EXPECT_EQ(DurationOf("7d"), absl::Hours(168));
  EXPECT_EQ(DurationOf("0"), absl::ZeroDuration());
  for (const char* text :
       {"", "5", "d", "1.5d", "-1d", "-5s", "soon", "5 s", "inf", "-inf"}) {
    EXPECT_EQ(DurationOf(text), std::nullopt) << text;
  }
}

TEST(SharedOptions, ADurationOfAMessageHasSecondsAndTheRest) {
  google::protobuf::Duration message;
  SetProto(absl::Milliseconds(1500), &message);
  EXPECT_EQ(message.seconds(), 1);
  EXPECT_EQ(message.nanos(), 500000000);
  SetProto(absl::Hours(24 * 365), &message);
  EXPECT_EQ(message.seconds(), 31536000);
  EXPECT_EQ(message.nanos(), 0);
}

TEST(SharedOptions, EachKindSetsItsOwnField) {
  const auto make = [](const char* name) {
    v1::Indicator indicator;
    FindKind(name)->make("x", &indicator);
    return indicator.value_case();
  };
  EXPECT_EQ(make("url"), v1::Indicator::kUrl);
  EXPECT_EQ(make("domain"), v1::Indicator::kDomain);
  EXPECT_EQ(make("ip"), v1::Indicator::kIp);
  EXPECT_EQ(make("file"), v1::Indicator::kFileHash);
  EXPECT_EQ(make("scan"), v1::Indicator::kUrlScanId);
  EXPECT_EQ(FindKind("phone"), nullptr);
  EXPECT_EQ(FindKind(""), nullptr);
}

}  // namespace
}  // namespace vtlookup
