// Tests that vtsim, the stand-in, behaves like the real service.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/faults.h"
#include "sim/simulator.h"
#include "sim/text.h"
#include "tests/paths.h"

namespace vtsim {
namespace {

constexpr char kForm[] = "application/x-www-form-urlencoded";

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
                         .headers = {{"content-type", kForm}},
                         .query = {},
                         .form = std::move(form)},
                        now);
  }
  Response Get(const std::string& endpoint,
               std::map<std::string, std::string> query, int64_t now = 1000) {
    query.emplace("apikey", "k");
    return Sim().Answer({.method = "GET",
                         .path = "/vtapi/v2/" + endpoint,
                         .headers = {},
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
  // The URL is queued for a while, and then has a report.
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
               .headers = {{"content-type", "application/json"}},
               .query = {{"apikey", "k"}},
               .form = {}};
  EXPECT_EQ(Sim().Answer(json, 0).status, 403) << "a form is wanted";
}

TEST_F(SimTest, APostWithoutAContentTypeHasItsParametersInTheQuery) {
  const std::string target =
      "/vtapi/v2/url/scan?apikey=k&url=http%3A%2F%2Fa.example%2F";
  const Response response =
      Sim().Answer(MakeRequest("POST", target, {}, ""), 1000);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(JsonOf(response)["url"], "http://a.example/");
  EXPECT_EQ(Sim().Answer(MakeRequest("POST", target, {}, "scan=1"), 0).status,
            403)
      << "a body must say that it is a form";
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

class SimV3Test : public SimTest {
 protected:
  Response Get(const std::string& path, int64_t now = 1000) {
    return Sim().Answer(MakeRequest("GET", "/api/v3/" + path, headers_, ""),
                        now);
  }
  Response Submit(const std::string& form, int64_t now = 1000) {
    headers_["Content-Type"] = kForm;
    return Sim().Answer(MakeRequest("POST", "/api/v3/urls", headers_, form),
                        now);
  }
  static std::string CodeOf(const Response& response) {
    return JsonOf(response)["error"]["code"];
  }

  std::map<std::string, std::string> headers_{{"X-ApiKey", "k"}};
};

TEST_F(SimV3Test, ErrorsRepeatTheKeyAndTheUrlAsTheServiceDoes) {
  options_.keys = {"k"};
  const Response missing = Get("urls/aHR0cDovL21pc3NpbmcuZXhhbXBsZS8");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(CodeOf(missing), "NotFoundError");
  EXPECT_NE(missing.body.find("aHR0cDovL21pc3NpbmcuZXhhbXBsZS8"),
            std::string::npos);
  EXPECT_EQ(missing.indicators,
            std::vector<std::string>{"http://missing.example/"});
  headers_["X-ApiKey"] = "wrong";
  const Response refused = Get("domains/a.example");
  EXPECT_EQ(refused.status, 401);
  EXPECT_NE(refused.body.find("wrong"), std::string::npos);
  headers_.clear();
  EXPECT_EQ(CodeOf(Get("domains/a.example")), "AuthenticationRequiredError");
}

TEST_F(SimV3Test, AQuotaIs429) {
  options_.per_minute = 1;
  EXPECT_EQ(Get("domains/clean.example").status, 200);
  const Response second = Get("domains/clean.example");
  EXPECT_EQ(second.status, 429);
  EXPECT_EQ(CodeOf(second), "QuotaExceededError");
  EXPECT_TRUE(second.fault.plain) << "never compressed";
}

TEST_F(SimV3Test, OneScanFromSubmissionToReport) {
  const std::string id =
      JsonOf(Submit("url=http%3A%2F%2Fmissing.example%2F"))["data"]["id"];
  EXPECT_EQ(id, "u-" + Sha256Hex("http://missing.example/") + "-1000");
  EXPECT_EQ(JsonOf(Get("analyses/" + id, 1059))["data"]["attributes"]["status"],
            "queued");
  const std::string url = "urls/" + id.substr(2, 64);
  const auto stats =
      JsonOf(Get(url, 1059))["data"]["attributes"]["last_analysis_stats"];
  EXPECT_EQ(stats["harmless"], 0);
  EXPECT_EQ(JsonOf(Get("analyses/" + id, 1060))["data"]["attributes"]["status"],
            "completed");
  EXPECT_EQ(JsonOf(Get(url, 1060))["data"]["attributes"]["last_analysis_date"],
            1000);
}

TEST_F(SimV3Test, WhatCostsMoneyIsRefusedWithoutIt) {
  EXPECT_EQ(CodeOf(Get("domains/malicious.example/urls")), "ForbiddenError");
  options_.premium = true;
  sim_.reset();
  const auto page = JsonOf(Get("domains/malicious.example/urls?limit=1"));
  EXPECT_EQ(page["data"].size(), 1);
  const auto next =
      JsonOf(Get("domains/malicious.example/urls?limit=1&cursor=" +
                 page["meta"]["cursor"].get<std::string>()));
  EXPECT_NE(next["data"][0]["id"], page["data"][0]["id"]);
}

TEST_F(SimV3Test, RecordedAnswersComeFirst) {
  recorded_.Load(TEST_SOURCE_DIR "/data/v3");
  EXPECT_EQ(JsonOf(Get("ip_addresses/192.0.2.1"))["data"]["attributes"]["asn"],
            64496);
  EXPECT_EQ(Get("ip_addresses/192.0.2.1").origin, "recorded");
  EXPECT_EQ(Get("ip_addresses/192.0.2.2").origin, "generated");
}

TEST_F(SimV3Test, FaultsAreInTheApisOwnWords) {
  options_.faults = {*ParseFaultRule("one=status:403"),
                     *ParseFaultRule("two=error:400:NotAvailableYet"),
                     *ParseFaultRule("three=html")};
  EXPECT_EQ(CodeOf(Get("domains/one.example")), "ForbiddenError");
  const Response second = Get("domains/two.example");
  EXPECT_EQ(second.status, 400);
  EXPECT_EQ(CodeOf(second), "NotAvailableYet");
  EXPECT_EQ(second.origin, "fault");
  EXPECT_EQ(Get("domains/three.example").content_type,
            "text/html; charset=utf-8");
}

}  // namespace
}  // namespace vtsim
