// How a dialogue's requests are counted and sent.

#include "virustotal/virustotal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "core/failure.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fakes/manual_loop.h"
#include "tests/virustotal/dialogue_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

class VirusTotalTest : public testing::Test {
 protected:
  void Fetch(Ask ask = Ask::kReportOrSubmit) {
    outcome_.reset();
    virustotal_.Fetch(*Indicator::Parse(Kind::kUrl, "http://a.com/"), ask,
                      [this](absl::StatusOr<v1::Verdict> verdict) {
                        EXPECT_FALSE(outcome_.has_value());
                        outcome_ = std::move(verdict);
                      });
  }

  void Answer(absl::StatusOr<HttpResponse> response) {
    auto pending = std::move(http_.pending.front());
    http_.pending.pop_front();
    std::move(pending.done)(std::move(response));
    loop_.RunPosted();
  }

  static HttpResponse Error(int status, const std::string& code) {
    return {.status = status,
            .retry_after = {},
            .body = R"({"error": {"code": ")" + code + R"("}})"};
  }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  FakeHttpClient http_;
  Quota quota_{{.per_minute = 2}};
  VirusTotal virustotal_{TestAccess(), kDialectV3, clock_,
                         loop_,        http_,      quota_};
  std::optional<absl::StatusOr<v1::Verdict>> outcome_;
};

TEST_F(VirusTotalTest, EveryRequestOfADialogueCounts) {
  Fetch();
  Answer(Error(404, "NotFoundError"));
  EXPECT_FALSE(outcome_.has_value());
  Answer(Error(409, "AlreadyExistsError"));
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ((*outcome_)->response_code(), -2);
  EXPECT_TRUE(absl::IsResourceExhausted(quota_.Take(clock_.Now())));
}

TEST_F(VirusTotalTest, ADialogueThatRunsOutOfQuotaKeepsWhatItHas) {
  ASSERT_TRUE(quota_.Take(clock_.Now()).ok());
  Fetch();
  Answer(Error(404, "NotFoundError"));
  EXPECT_EQ(http_.started, 1);
  ASSERT_TRUE(outcome_.has_value());
  ASSERT_TRUE(outcome_->ok()) << outcome_->status();
  EXPECT_EQ((*outcome_)->response_code(), 0);
  EXPECT_THAT((*outcome_)->message(), HasSubstr("quota per minute"));
}

TEST_F(VirusTotalTest, WithoutQuotaNothingIsSentAndDoneRunsLater) {
  ASSERT_TRUE(quota_.Take(clock_.Now()).ok());
  ASSERT_TRUE(quota_.Take(clock_.Now()).ok());
  Fetch();
  EXPECT_FALSE(outcome_.has_value());
  loop_.RunPosted();
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(FailureOf(outcome_->status()).reason, "QUOTA_MINUTE_EXCEEDED");
  EXPECT_EQ(http_.started, 0);
}

TEST_F(VirusTotalTest, AUsedUpQuotaPausesAlsoWhenItWasOnlyPutUpWith) {
  Fetch();
  Answer(Error(404, "NotFoundError"));
  Answer(Error(429, "QuotaExceededError"));
  EXPECT_EQ((*outcome_)->response_code(), 0);
  clock_.Advance(absl::Seconds(59));
  EXPECT_FALSE(quota_.Take(clock_.Now()).ok());
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(quota_.Take(clock_.Now()).ok());
}

TEST_F(VirusTotalTest, WhatWasNotSentIsGivenBack) {
  for (int i = 0; i < 5; ++i) {
    Fetch();
    Answer(FailureStatus(absl::StatusCode::kUnavailable, "no connection",
                         {.reason = "X", .not_sent = true}));
    EXPECT_EQ(FailureOf(outcome_->status()).reason, "X");
  }
}

}  // namespace
}  // namespace vtlookup
