#include "server/lookup/fast_path.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "server/lookup/lookup_options.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/unasked_upstream.h"

namespace vtlookup {
namespace {

class FastPathTest : public testing::Test {
 protected:
  FastPath::Outcome Try(const v1::Indicator& indicator) {
    return front_.Try(RawIndicatorOf(indicator), Want(), absl::UnixEpoch());
  }
  static std::string FieldOf(const FastPath::Outcome& outcome) {
    const auto* status = std::get_if<absl::Status>(&outcome);
    return status == nullptr ? "" : FailureOf(*status).field;
  }

  UnaskedUpstream upstream_;
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1000},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  PrivacyGate privacy_{{}};
  RawReports raws_{{}, nullptr, nullptr};
  FastPath front_{{}, cache_, raws_, upstream_, privacy_};
};

TEST_F(FastPathTest, NoIndicatorIsTheCallersMistake) {
  EXPECT_EQ(FieldOf(Try({})), "indicator");
  v1::Indicator empty;
  empty.set_domain("");
  EXPECT_EQ(FieldOf(Try(empty)), "indicator");
  std::vector<std::string> fields;
  front_.TryMany(
      {RawIndicatorOf(empty), {Kind::kDomain, "a.com"}, {}}, "items", Want(),
      absl::UnixEpoch(), [](size_t, const AnswerView&) {},
      [&fields](size_t, const FastPath::Outcome& outcome) {
        fields.push_back(FieldOf(outcome));
      });
  EXPECT_EQ(fields, (std::vector<std::string>{"items[0]", "", "items[2]"}));
}

TEST_F(FastPathTest, SoIsOneThatIsTooLong) {
  v1::Indicator indicator;
  indicator.set_url("http://a.com/" + std::string(16 * 1024, 'x'));
  EXPECT_EQ(FieldOf(Try(indicator)), "indicator");
}

TEST_F(FastPathTest, AnUnusableValueIsAnAnswer) {
  v1::Indicator indicator;
  indicator.set_ip("300.1.1.1");
  const auto outcome = Try(indicator);
  const auto* answer = std::get_if<Answer>(&outcome);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->source, v1::SOURCE_LOCAL);
  EXPECT_EQ(answer->indicator, "300.1.1.1");
  const v1::Verdict verdict = DecodeVerdict(*answer->entry.value);
  EXPECT_EQ(verdict.response_code(), -1);
  EXPECT_FALSE(verdict.message().empty());
}

TEST_F(FastPathTest, ReadsTheOptions) {
  v1::LookupOptions options;
  EXPECT_TRUE(
      WantOf(options, {.lane = Lane::kInteractive, .submit_missing = true})
          ->submit_missing)
      << "as configured";
  options.set_submit_missing_url(false);
  EXPECT_FALSE(
      WantOf(options, {.lane = Lane::kInteractive, .submit_missing = true})
          ->submit_missing);
  options.mutable_max_age()->set_seconds(60);
  EXPECT_EQ(
      WantOf(options, {.lane = Lane::kInteractive, .submit_missing = true})
          ->max_age,
      absl::Seconds(60));
  options.set_cache_mode(v1::CACHE_MODE_ONLY);
  EXPECT_EQ(
      WantOf(options, {.lane = Lane::kInteractive, .submit_missing = true})
          ->mode,
      Want::Mode::kCacheOnly);
}

TEST_F(FastPathTest, ABatchIsNotInteractiveUnlessItSaysSo) {
  v1::LookupOptions options;
  EXPECT_EQ(
      WantOf(options, {.lane = Lane::kInteractive, .submit_missing = true})
          ->lane,
      Lane::kInteractive);
  EXPECT_EQ(
      WantOf(options, {.lane = Lane::kBulk, .submit_missing = true})->lane,
      Lane::kBulk);
  options.set_priority(v1::PRIORITY_INTERACTIVE);
  EXPECT_EQ(
      WantOf(options, {.lane = Lane::kBulk, .submit_missing = true})->lane,
      Lane::kInteractive);
  options.set_priority(v1::PRIORITY_BULK);
  EXPECT_EQ(
      WantOf(options, {.lane = Lane::kInteractive, .submit_missing = true})
          ->lane,
      Lane::kBulk);
}

TEST_F(FastPathTest, RefusesOptionsThatMakeNoSense) {
  v1::LookupOptions options;
  options.mutable_max_age()->set_seconds(-1);
  EXPECT_EQ(FailureOf(WantOf(options, {.lane = Lane::kInteractive,
                                       .submit_missing = true})
                          .status())
                .field,
            "options.max_age");
  options.Clear();
  options.set_view(static_cast<v1::View>(9));
  EXPECT_EQ(FailureOf(WantOf(options, {.lane = Lane::kInteractive,
                                       .submit_missing = true})
                          .status())
                .field,
            "options.view");
  options.Clear();
  options.set_cache_mode(static_cast<v1::CacheMode>(9));
  EXPECT_EQ(FailureOf(WantOf(options, {.lane = Lane::kInteractive,
                                       .submit_missing = true})
                          .status())
                .field,
            "options.cache_mode");
}

TEST_F(FastPathTest, AnEntryOfAnotherFormatIsNoAnswer) {
  const Entry odd{std::make_shared<const std::string>("not a verdict"),
                  absl::UnixEpoch(), absl::InfiniteFuture(),
                  absl::InfiniteFuture()};
  cache_.Put(Indicator::Parse(Kind::kDomain, "a.com")->key(), odd);
  v1::Indicator indicator;
  indicator.set_domain("a.com");
  EXPECT_TRUE(std::holds_alternative<Miss>(Try(indicator)));
}

// 40 names that need IDNA, with plain ones between them.
TEST_F(FastPathTest, ManyCostlyNamesAreTriedInParts) {
  std::vector<std::string> texts;
  for (int i = 0; i < 40; ++i) {
    texts.push_back(absl::StrCat("b\xc3\xbc", "cher", i, ".com"));
    texts.push_back(absl::StrCat("plain", i, ".com"));
  }
  std::vector<RawIndicator> asked;
  asked.reserve(texts.size());
  for (const std::string& text : texts) asked.push_back({Kind::kDomain, text});
  std::vector<std::string> tried;
  const auto note = [&tried](size_t, const FastPath::Outcome& outcome) {
    tried.emplace_back(std::get<Miss>(outcome).indicator.text());
  };
  const auto in_memory = [](size_t, const AnswerView&) { ADD_FAILURE(); };
  const size_t stopped =
      front_.TryMany(asked, "items", Want(), absl::UnixEpoch(), in_memory, note,
                     0, FastPath::kCostlyAtOnce);
  EXPECT_EQ(stopped, 2 * FastPath::kCostlyAtOnce);
  EXPECT_EQ(tried.size(), stopped);
  EXPECT_EQ(front_.TryMany(asked, "items", Want(), absl::UnixEpoch(), in_memory,
                           note, stopped),
            asked.size());
  ASSERT_EQ(tried.size(), asked.size());
  EXPECT_EQ(tried[0], "xn--bcher0-3ya.com");
  EXPECT_EQ(tried[1], "plain0.com");
  EXPECT_EQ(tried[79], "plain39.com");
}

}  // namespace
}  // namespace vtlookup
