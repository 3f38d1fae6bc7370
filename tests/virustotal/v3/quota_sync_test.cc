#include "virustotal/v3/quota_sync.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_http_client.h"
#include "tests/fakes/manual_loop.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class QuotaSyncTest : public testing::Test {
 protected:
  void Answer(int status, std::string body) {
    ASSERT_EQ(http_.pending.size(), 1);
    auto pending = std::move(http_.pending.front());
    http_.pending.pop_front();
    std::move(pending.done)(HttpResponse{
        .status = status, .retry_after = {}, .body = std::move(body)});
    loop_.RunPosted();
  }

  // Takes requests until the quota refuses. Returns their number, and the
  // reason of the refusal.
  std::pair<int, std::string> Left() {
    for (int i = 0;; ++i) {
      const auto taken = keys_.Take(Lane::kInteractive, clock_.ReadMoment());
      if (!taken.ok()) return {i, FailureOf(taken.status()).reason};
    }
  }

  static std::string Daily(int allowed, int used) {
    return R"({"data": {"api_requests_daily": {"user": {"allowed": )" +
           std::to_string(allowed) + R"(, "used": )" + std::to_string(used) +
           "}}}}";
  }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  FakeHttpClient http_;
  KeyRing keys_{
      {{.name = "default",
        .access = {.base_url = "https://vt.example", .api_key = "KEY"},
        .limits = {.per_day = 500}}},
      nullptr,
      clock_.ReadMoment(),
      {}};
  std::vector<std::string> reports_;
  QuotaSync sync_{
      {.user = "ann/e",
       .report =
           [this](std::string_view what) { reports_.emplace_back(what); }},
      clock_,
      loop_,
      http_,
      keys_,
      *keys_.keys()[0]};
};

TEST_F(QuotaSyncTest, AsksForTheUserWithTheKeyInAHeader) {
  sync_.Start();
  const HttpRequest& request = http_.pending.front().request;
  EXPECT_EQ(request.url,
            "https://vt.example/api/v3/users/ann%2Fe/overall_quotas");
  EXPECT_THAT(request.headers, Contains("x-apikey: KEY"));
}

TEST_F(QuotaSyncTest, SetsTheLimitAndWhatOthersHaveUsed) {
  sync_.Start();
  Answer(200, Daily(100, 90));
  EXPECT_EQ(Left(), (std::pair(10, std::string("QUOTA_DAY_EXCEEDED"))));
  EXPECT_THAT(reports_, ElementsAre(HasSubstr("90 of 100")));
}

TEST_F(QuotaSyncTest, SaysWhatItWasToldOfEachWindow) {
  sync_.Start();
  Answer(200, R"({"data": {
      "api_requests_monthly": {"user": {"allowed": 700, "used": 60}},
      "api_requests_daily": {"user": {"allowed": 50, "used": 4}}}})");
  loop_.Advance(absl::Hours(1));
  Answer(200, R"({"data": {
      "api_requests_monthly": {"user": {"allowed": 700, "used": 61}}}})");
  EXPECT_THAT(
      reports_,
      ElementsAre("VirusTotal's quotas: 4 of 50 requests of the day are used, "
                  "60 of 700 of the month",
                  "VirusTotal's quotas: 61 of 700 requests of the month are "
                  "used"));
}

TEST_F(QuotaSyncTest, CorrectsEveryHour) {
  sync_.Start();
  Answer(200, Daily(100, 90));
  loop_.Advance(absl::Minutes(59));
  EXPECT_TRUE(http_.pending.empty());
  loop_.Advance(absl::Minutes(1));
  Answer(200, Daily(2000, 95));
  EXPECT_EQ(Left().first, 1905);
}

TEST_F(QuotaSyncTest, OurOwnCountStandsWhereItIsHigher) {
  sync_.Start();
  for (int i = 0; i < 49; ++i)
    ASSERT_TRUE(keys_.Take(Lane::kBulk, clock_.ReadMoment()).ok());
  Answer(200, Daily(100, 3));
  EXPECT_EQ(Left().first, 50);
}

TEST_F(QuotaSyncTest, WithoutLeaveTheConfiguredLimitsStand) {
  for (const auto& [status, code] :
       {std::pair(403, "ForbiddenError"), std::pair(404, "NotFoundError")}) {
    sync_.Start();
    Answer(status, std::string(R"({"error": {"code": ")") + code + R"("}})");
    loop_.Advance(absl::Hours(30));
    EXPECT_TRUE(http_.pending.empty()) << "it is not asked again";
    EXPECT_THAT(reports_.back(), HasSubstr("the configured quotas apply"));
  }
  EXPECT_EQ(Left().first, 500);  // a new day has begun
}

TEST_F(QuotaSyncTest, AFailureIsTriedAgainInAnHour) {
  sync_.Start();
  Answer(503, R"({"error": {"code": "TransientError", "message": "s3cret"}})");
  EXPECT_THAT(reports_.back(), Not(HasSubstr("s3cret")));
  loop_.Advance(absl::Hours(1));
  Answer(200, "junk");
  loop_.Advance(absl::Hours(1));
  Answer(200, Daily(10, 9));
  EXPECT_EQ(Left().first, 1);
}

}  // namespace
}  // namespace vtlookup
