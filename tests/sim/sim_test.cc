// The stand-in behaves as the real service is known to.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/sim/faults.h"
#include "tests/sim/simulator.h"
#include "tests/sim/text.h"

namespace vtsim {
namespace {

using std::chrono::milliseconds;

class SimTest : public testing::Test {
 protected:
  Simulator& Sim() {
    if (!sim_) sim_.emplace(options_, recorded_);
    return *sim_;
  }
  Response Post(const std::string& endpoint,
                std::map<std::string, std::string> form, int64_t now = 1000) {
    form.emplace("apikey", "k");
    return Sim().Answer({.method = "POST",
                         .path = "/vtapi/v2/" + endpoint,
                         .content_type = "application/x-www-form-urlencoded",
                         .query = {},
                         .form = std::move(form)},
                        now);
  }
  Response Get(const std::string& endpoint,
               std::map<std::string, std::string> query, int64_t now = 1000) {
    query.emplace("apikey", "k");
    return Sim().Answer({.method = "GET",
                         .path = "/vtapi/v2/" + endpoint,
                         .content_type = "",
                         .query = std::move(query),
                         .form = {}},
                        now);
  }
  static nlohmann::json JsonOf(const Response& response) {
    return nlohmann::json::parse(response.body);
  }

  Simulator::Options options_;
  RecordedAnswers recorded_;
  std::optional<Simulator> sim_;
};

TEST_F(SimTest, OneItemIsAnObjectSeveralAreAnArrayCutAtFour) {
  EXPECT_TRUE(JsonOf(Post("file/report", {{"resource", std::string(32, 'a')}}))
                  .is_object());
  std::string hashes;
  for (const char c : {'a', 'b', 'c', 'd', 'e', 'f'}) {
    hashes += std::string(32, c) + ",";
  }
  const auto array = JsonOf(Post("file/report", {{"resource", hashes}}));
  EXPECT_EQ(array.size(), 4);
}

TEST_F(SimTest, EverythingButTheCodeIsHttp200) {
  for (const auto& [resource, code] :
       {std::pair("http://clean.example/", 1),
        std::pair("http://missing.example/", 0),
        std::pair("http://queued.example/", -2), std::pair("nonsense", -1)}) {
    const Response response = Post("url/report", {{"resource", resource}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(JsonOf(response)["response_code"], code) << resource;
  }
  EXPECT_EQ(JsonOf(Post("file/report", {{"resource", "zz"}}))["response_code"],
            0)
      << "v2 says -1 of no hash";
}

TEST_F(SimTest, ScanOneOnAnUnknownUrlIsCodeOneWithoutCounts) {
  const auto first = JsonOf(
      Post("url/report", {{"resource", "missing.example"}, {"scan", "1"}}));
  EXPECT_EQ(first["response_code"], 1);
  EXPECT_FALSE(first.contains("positives"));
  EXPECT_EQ(first["resource"], "missing.example") << "echoed as asked";
  EXPECT_EQ(first["url"], "http://missing.example/");
  // Queued for a while, and then it has a report.
  const std::string scan_id = first["scan_id"];
  EXPECT_EQ(JsonOf(Post("url/report", {{"resource", scan_id}},
                        1030))["response_code"],
            -2);
  EXPECT_TRUE(
      JsonOf(Post("url/report", {{"resource", "missing.example"}}, 1061))
          .contains("positives"));
}

TEST_F(SimTest, TheQuotaIs204WithAnEmptyBody) {
  options_.per_minute = 2;
  for (int i = 0; i < 2; ++i) Get("ip-address/report", {{"ip", "1.2.3.4"}});
  const Response third = Get("ip-address/report", {{"ip", "1.2.3.4"}});
  EXPECT_EQ(third.status, 204);
  EXPECT_TRUE(third.body.empty());
  EXPECT_EQ(Get("ip-address/report", {{"ip", "1.2.3.4"}}, 1060).status, 200);
}

TEST_F(SimTest, RefusesAsTheServiceDoes) {
  options_.keys = {"k"};
  EXPECT_EQ(Get("domain/report", {{"domain", "a.com"}}).status, 200);
  EXPECT_EQ(Get("domain/report", {{"domain", "a.com"}, {"apikey", "x"}}).status,
            403);
  EXPECT_EQ(Get("domain/report", {}).status, 400);
  EXPECT_EQ(Get("nonsense", {}).status, 404);
  Request json{.method = "POST",
               .path = "/vtapi/v2/url/scan",
               .content_type = "application/json",
               .query = {{"apikey", "k"}},
               .form = {}};
  EXPECT_EQ(Sim().Answer(json, 0).status, 403) << "a form is wanted";
}

TEST_F(SimTest, TheSameIndicatorHasTheSameFactsAtEveryRun) {
  const std::string body =
      Get("domain/report", {{"domain", "clean-a.example"}}).body;
  sim_.emplace(options_, recorded_);
  EXPECT_EQ(Get("domain/report", {{"domain", "clean-a.example"}}).body, body);
  EXPECT_NE(Get("domain/report", {{"domain", "clean-b.example"}}).body, body);
}

TEST_F(SimTest, CountsAreThoseOfTheEngines) {
  for (int i = 0; i < 50; ++i) {
    const auto body = JsonOf(Post(
        "url/report",
        {{"resource", "http://malicious" + std::to_string(i) + ".example/"}}));
    int detected = 0;
    for (const auto& scan : body["scans"]) detected += scan["detected"] == true;
    EXPECT_EQ(body["positives"], detected);
    EXPECT_EQ(body["total"], body["scans"].size());
    EXPECT_GT(detected, 0);
  }
}

TEST_F(SimTest, RecordedAnswersComeFirst) {
  recorded_.Load(TEST_SOURCE_DIR "/data/v2");
  const auto body =
      JsonOf(Post("url/report", {{"resource", "HTTP://Shop.Example/cart"}}));
  EXPECT_EQ(body["scan_date"], "2026-03-01 10:20:30");
  EXPECT_EQ(body["resource"], "HTTP://Shop.Example/cart");
  EXPECT_EQ(JsonOf(Post("file/report",
                        {{"resource", std::string(40, 'C')}}))["positives"],
            2);
}

TEST(Faults, AreReadAndFound) {
  std::vector<FaultRule> rules;
  for (const char* text :
       {"http://x/?a=b=latency:2s+status:503", "evil=cut:10", "25%=hang"}) {
    const auto rule = ParseFaultRule(text);
    ASSERT_TRUE(rule.has_value()) << text;
    rules.push_back(*rule);
  }
  const Fault* const first = FindFault(rules, "see http://x/?a=b", 1);
  EXPECT_EQ(first->latency, milliseconds(2000));
  EXPECT_EQ(first->status, 503);
  EXPECT_EQ(FindFault(rules, "evil.com", 1)->cut, 10);
  int hung = 0;
  for (uint64_t n = 0; n < 1000; ++n) {
    hung += FindFault(rules, "other", n) != nullptr;
  }
  EXPECT_NEAR(hung, 250, 50);
  for (const char* bad : {"", "x", "=junk", "x=nonsense", "x=status:",
                          "x=latency:2", "200%=junk", "x=cut:ten"}) {
    EXPECT_FALSE(ParseFaultRule(bad).has_value()) << bad;
  }
}

TEST(SimText, ScanIdsHaveTheHashOfTheCanonicalUrl) {
  // Published fixed points.
  EXPECT_EQ(Sha256Hex(*CanonicalUrl("google.com")).substr(0, 8), "cf4b367e");
  EXPECT_EQ(Sha256Hex(*CanonicalUrl("HTTPS://Google.com")).substr(0, 8),
            "9d116b1b");
}

}  // namespace
}  // namespace vtsim
