#include "server/lookup/lookup_options.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "core/failure.h"

namespace vtlookup {
namespace {

using Mode = Want::Mode;

v1::LookupOptions Options(const std::string& text) {
  v1::LookupOptions options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options))
      << text;
  return options;
}

TEST(LookupOptions, WithoutOptionsTheDefaultsCount) {
  for (const Lane lane : {Lane::kInteractive, Lane::kBulk}) {
    for (const bool submit : {false, true}) {
      const auto want = WantOf({}, {.lane = lane, .submit_missing = submit});
      ASSERT_TRUE(want.ok()) << want.status();
      EXPECT_EQ(want->mode, Mode::kNormal);
      EXPECT_EQ(want->lane, lane);
      EXPECT_EQ(want->submit_missing, submit);
      EXPECT_EQ(want->max_age, absl::InfiniteDuration());
      EXPECT_EQ(want->wait_for_final, absl::ZeroDuration());
      EXPECT_EQ(want->timeout, absl::InfiniteDuration());
    }
  }
}

TEST(LookupOptions, AnOptionGoesBeforeItsDefault) {
  const LookupDefaults defaults{.lane = Lane::kBulk, .submit_missing = true};
  EXPECT_EQ(WantOf(Options("priority: PRIORITY_INTERACTIVE"), defaults)->lane,
            Lane::kInteractive);
  EXPECT_EQ(WantOf(Options("priority: PRIORITY_BULK"), {})->lane, Lane::kBulk);
  EXPECT_FALSE(
      WantOf(Options("submit_missing_url: false"), defaults)->submit_missing);
  EXPECT_TRUE(WantOf(Options("submit_missing_url: true"), {})->submit_missing);
  EXPECT_EQ(WantOf(Options("wait_for_final {seconds: 3 nanos: 500000000}"), {})
                ->wait_for_final,
            absl::Milliseconds(3500));
}

TEST(LookupOptions, ModeAndAge) {
  const struct {
    const char* options;
    Mode mode;
    absl::Duration max_age;
  } kCases[] = {
      {"cache_mode: CACHE_MODE_ONLY", Mode::kCacheOnly,
       absl::InfiniteDuration()},
      {"cache_mode: CACHE_MODE_REFRESH", Mode::kRefresh,
       absl::InfiniteDuration()},
      {"max_age {seconds: 90}", Mode::kNormal, absl::Seconds(90)},
      {"max_age {nanos: 1}", Mode::kNormal, absl::Nanoseconds(1)},
      // Nothing cached is that young.
      {"max_age {}", Mode::kRefresh, absl::ZeroDuration()},
      {"cache_mode: CACHE_MODE_REFRESH max_age {}", Mode::kRefresh,
       absl::ZeroDuration()},
      {"cache_mode: CACHE_MODE_ONLY max_age {}", Mode::kCacheOnly,
       absl::ZeroDuration()},
  };
  for (const auto& c : kCases) {
    const auto want = WantOf(Options(c.options), {});
    ASSERT_TRUE(want.ok()) << c.options << want.status();
    EXPECT_EQ(want->mode, c.mode) << c.options;
    EXPECT_EQ(want->max_age, c.max_age) << c.options;
  }
}

TEST(LookupOptions, AMistakeNamesItsField) {
  const struct {
    const char* options;
    const char* field;
  } kCases[] = {
      {"view: 4", "options.view"},
      {"view: -1", "options.view"},
      {"cache_mode: 3", "options.cache_mode"},
      {"priority: 9", "options.priority"},
      {"max_age {seconds: -1}", "options.max_age"},
      {"max_age {nanos: -1}", "options.max_age"},
      {"wait_for_final {seconds: -5}", "options.wait_for_final"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = WantOf(Options(c.options), {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.options;
    EXPECT_EQ(FailureOf(status).reason, "BAD_REQUEST") << c.options;
    EXPECT_EQ(FailureOf(status).field, c.field) << c.options;
  }
}

}  // namespace
}  // namespace vtlookup
