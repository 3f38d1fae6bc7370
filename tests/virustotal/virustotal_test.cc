// Tests how the requests of a dialogue are counted and sent.

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
#include "tests/virustotal/api/dialogue_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

class VirusTotalTest : public testing::Test {
 protected:
  void Fetch(Purpose purpose = Purpose::kReportOrSubmit) {
    outcome_.reset();
    virustotal_.Fetch(
        *Indicator::Parse(Kind::kUrl, "http://a.com/"), purpose,
        Lane::kInteractive,
        [this](absl::StatusOr<Upstream::Reply> reply, uint32_t requests) {
          EXPECT_FALSE(outcome_.has_value());
          requests_ = requests;
          if (!reply.ok()) {
            outcome_ = reply.status();
            return;
          }
          outcome_ = *reply->verdict;
          missing_ = std::move(reply->incomplete_because);
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
  static KeyRing::Setup SetupOf(const std::string& name) {
    return {
        .name = name,
        .access = {.base_url = "https://vt.example", .api_key = "KEY-" + name},
        .limits = {.per_minute = 2}};
  }

  bool HasRoom() {
    return keys_.Take(Lane::kInteractive, clock_.ReadMoment()).ok();
  }
  std::string KeyOfLast() const {
    return http_.pending.back().request.headers.at(0);
  }

  KeyRing keys_{{SetupOf("one")}, nullptr, clock_.ReadMoment(), {}};
  VirusTotal virustotal_{kDialectV3, clock_, loop_,
                         http_,      keys_,  [] { return 0.0; }};
  std::optional<absl::StatusOr<v1::Verdict>> outcome_;
  absl::Status missing_;
  uint32_t requests_ = 0;  // that the last fetch has cost
};

TEST_F(VirusTotalTest, EveryRequestOfADialogueCounts) {
  Fetch();
  Answer(Error(404, "NotFoundError"));
  EXPECT_FALSE(outcome_.has_value());
  Answer(Error(409, "AlreadyExistsError"));
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ((*outcome_)->response_code(), -2);
  EXPECT_EQ(requests_, 2);
  EXPECT_FALSE(HasRoom());
}

TEST_F(VirusTotalTest, ADialogueThatRunsOutOfQuotaKeepsWhatItHas) {
  ASSERT_TRUE(HasRoom());
  Fetch();
  Answer(Error(404, "NotFoundError"));
  EXPECT_EQ(http_.started, 1);
  ASSERT_TRUE(outcome_.has_value());
  ASSERT_TRUE(outcome_->ok()) << outcome_->status();
  EXPECT_EQ((*outcome_)->response_code(), 0);
  EXPECT_THAT((*outcome_)->message(), HasSubstr("quota per minute"));
}

TEST_F(VirusTotalTest, WithoutQuotaNothingIsSentAndDoneRunsLater) {
  ASSERT_TRUE(HasRoom());
  ASSERT_TRUE(HasRoom());
  Fetch();
  EXPECT_FALSE(outcome_.has_value());
  loop_.RunPosted();
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(FailureOf(outcome_->status()).reason, "QUOTA_MINUTE_EXCEEDED");
  EXPECT_EQ(requests_, 0);
  EXPECT_EQ(http_.started, 0);
}

TEST_F(VirusTotalTest, AUsedUpQuotaPausesAlsoWhenItWasOnlyPutUpWith) {
  Fetch();
  Answer(Error(404, "NotFoundError"));
  Answer(Error(429, "QuotaExceededError"));
  EXPECT_EQ((*outcome_)->response_code(), 0);
  clock_.Advance(absl::Seconds(59));
  EXPECT_FALSE(HasRoom());
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(HasRoom());
}

TEST_F(VirusTotalTest, WhatWasNotSentIsGivenBack) {
  for (int i = 0; i < 5; ++i) {
    Fetch();
    Answer(FailureStatus(absl::StatusCode::kUnavailable, "no connection",
                         {.reason = "X", .not_sent = true}));
    EXPECT_EQ(FailureOf(outcome_->status()).reason, "X");
    EXPECT_EQ(requests_, 0);
  }
}

TEST_F(VirusTotalTest, WhatIsSentAgainIsCountedOnceMore) {
  Fetch(Purpose::kReport);
  EXPECT_TRUE(http_.pending.front().request.may_send_again());
  EXPECT_FALSE(http_.pending.front().request.may_send_again())
      << "the minute has room for two";
  EXPECT_EQ(keys_.keys()[0]
                ->quota.UsageAt(clock_.ReadMoment())
                .windows[WindowKind::kDay]
                .used,
            2);
  Answer(Error(404, "NotFoundError"));
  EXPECT_EQ(requests_, 2);
  EXPECT_FALSE(HasRoom());
  clock_.Advance(absl::Seconds(60));
  EXPECT_TRUE(HasRoom()) << "both have ended";
  EXPECT_TRUE(HasRoom());
}

TEST_F(VirusTotalTest, TheMinuteOfARequestBeginsWithItsAnswer) {
  Fetch(Purpose::kReport);
  clock_.Advance(absl::Seconds(15));
  Answer(Error(404, "NotFoundError"));
  ASSERT_TRUE(HasRoom());
  clock_.Advance(absl::Seconds(59));
  EXPECT_FALSE(HasRoom());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(HasRoom());
}

class TwoKeysTest : public VirusTotalTest {
 protected:
  TwoKeysTest() {
    keys_.keys().push_back(std::make_unique<KeyRing::Key>(
        KeyRing::Key{.name = "two",
                     .access = SetupOf("two").access,
                     .quota = Quota({.per_minute = 2})}));
  }
};

TEST_F(TwoKeysTest, TheNextTakesOverWhenOneHasNoRoom) {
  ASSERT_TRUE(HasRoom());
  ASSERT_TRUE(HasRoom());
  Fetch(Purpose::kReport);
  EXPECT_EQ(KeyOfLast(), "x-apikey: KEY-two");
}

TEST_F(TwoKeysTest, AndWhenVirusTotalSaysSo) {
  Fetch(Purpose::kReport);
  EXPECT_EQ(KeyOfLast(), "x-apikey: KEY-one");
  Answer(Error(429, "QuotaExceededError"));
  EXPECT_FALSE(outcome_.has_value());
  EXPECT_EQ(KeyOfLast(), "x-apikey: KEY-two");
  Answer(Error(404, "NotFoundError"));
  EXPECT_EQ((*outcome_)->response_code(), 0);
  EXPECT_EQ(requests_, 2) << "one with each key";
}

TEST_F(TwoKeysTest, ARefusedKeyIsNotUsedAgain) {
  Fetch(Purpose::kReport);
  Answer(Error(401, "WrongCredentialsError"));
  EXPECT_EQ(KeyOfLast(), "x-apikey: KEY-two");
  Answer(Error(401, "WrongCredentialsError"));
  EXPECT_EQ(FailureOf(outcome_->status()).reason, "API_KEY_REFUSED");
  const int before = http_.started;
  Fetch(Purpose::kReport);
  loop_.RunPosted();
  EXPECT_EQ(FailureOf(outcome_->status()).reason, "API_KEY_REFUSED");
  EXPECT_EQ(http_.started, before) << "neither is worth a call";
}

class BreakerTest : public VirusTotalTest {
 protected:
  BreakerTest() { keys_.keys()[0]->quota = Quota({}); }

  // Whether a request is made.
  bool Tries() {
    const int before = http_.started;
    Fetch(Purpose::kReport);
    loop_.RunPosted();
    return http_.started > before;
  }
};

TEST_F(BreakerTest, LeavesVirusTotalAloneAfterFiveFailuresInARow) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Tries());
    Answer(Error(503, "TransientError"));
  }
  EXPECT_FALSE(Tries());
  EXPECT_EQ(FailureOf(outcome_->status()).reason, "VIRUSTOTAL_LEFT_ALONE");
  EXPECT_EQ(requests_, 0);
  EXPECT_EQ(FailureOf(outcome_->status()).retry_after, absl::Seconds(5));
  clock_.Advance(absl::Seconds(5));
  EXPECT_TRUE(Tries()) << "to see whether it is back";
  EXPECT_FALSE(Tries()) << "one is enough for that";
  outcome_.reset();
  Answer(Error(503, "TransientError"));
  clock_.Advance(absl::Seconds(9));
  EXPECT_FALSE(Tries()) << "twice as long now";
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Tries());
  Answer(Error(404, "NotFoundError"));
  EXPECT_TRUE(Tries());
  EXPECT_TRUE(Tries());
}

TEST_F(BreakerTest, SettingTheClockNeitherOpensNorHoldsIt) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Tries());
    if (i == 4) clock_.Set(absl::Hours(24 * 400));
    Answer(Error(503, "TransientError"));
  }
  clock_.Advance(absl::Seconds(4));
  EXPECT_FALSE(Tries());
  clock_.Set(-absl::Hours(24 * 400));
  EXPECT_FALSE(Tries());
  EXPECT_EQ(virustotal_.broken_until(), clock_.Now() + absl::Seconds(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Tries());
}

TEST_F(BreakerTest, AnAnswerInBetweenKeepsItClosed) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Tries());
    Answer(i % 4 == 3 ? Error(404, "NotFoundError")
                      : Error(503, "TransientError"));
  }
}

TEST_F(BreakerTest, JunkAndRefusalsAreNoOutage) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Tries());
    Answer(i % 2 == 0 ? Error(400, "BadRequestError")
                      : HttpResponse{
                            .status = 200, .retry_after = {}, .body = "junk"});
  }
}

}  // namespace
}  // namespace vtlookup
