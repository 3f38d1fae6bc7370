// Tests recorded answers with flipped bits: an answer that another JSON library
// refuses must not become a verdict, wherever in the body the damage is.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "core/lone_surrogates.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/api/sample_files.h"

namespace vtlookup {
namespace {

// Larger answers would take most of the time of the test.
constexpr size_t kLargest = 64 << 10;

struct Case {
  const Dialect* dialect;
  Indicator asked;
  std::string body;
};

absl::StatusOr<v1::Verdict> Read(const Case& each, const std::string& body) {
  return ReadFirst(*each.dialect, each.asked, Purpose::kReport,
                   {.status = 200, .retry_after = {}, .body = body});
}

// Returns the text of the indicator that the answer is about.
std::string NameIn(const std::string& folder, const nlohmann::json& body) {
  if (!body.is_object()) return "";
  if (!body.contains("data")) {
    if (folder == "domain") return "a.com";
    if (folder == "ip") return "1.2.3.4";
    return body.value(folder == "url" ? "url" : "sha256", "");
  }
  const nlohmann::json& data = body["data"];
  return folder == "url" ? data["attributes"].value("url", "")
                         : data.value("id", "");
}

// Returns the recorded answers that become verdicts.
std::vector<Case> Cases() {
  static const std::map<std::string, Kind> kKinds = {{"url", Kind::kUrl},
                                                     {"file", Kind::kFile},
                                                     {"domain", Kind::kDomain},
                                                     {"ip", Kind::kIp}};
  std::vector<Case> cases;
  for (const auto& [api, dialect] :
       {std::pair("v2", &kDialectV2), std::pair("v3", &kDialectV3)}) {
    for (const auto& [folder, kind] : kKinds) {
      for (const Sample& sample : SamplesOf(std::string(api) + "/" + folder)) {
        if (sample.body.size() > kLargest) {
          SkipSample(sample);
          continue;
        }
        const std::string name =
            NameIn(folder, nlohmann::json::parse(sample.body));
        const auto asked = Indicator::Parse(kind, name);
        if (!asked.ok()) {
          SkipSample(sample);
          continue;
        }
        Case each{dialect, *asked, sample.body};
        if (Read(each, each.body).ok()) {
          cases.push_back(std::move(each));
        } else {
          SkipSample(sample);
        }
      }
    }
  }
  return cases;
}

TEST(FlippedBits, WhatIsNoJsonIsNoVerdict) {
  const std::vector<Case> cases = Cases();
  ASSERT_GE(cases.size(), 5);
  std::mt19937 random(20260726);  // NOLINT: the same at every run
  constexpr int kBodies = 3000;
  int refused = 0;
  int verdicts = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Case& each = cases[static_cast<size_t>(i) % cases.size()];
    std::string body = each.body;
    for (int flips = 1 + i % 3; flips > 0; --flips) {
      const size_t at = random() % body.size();
      body[at] = static_cast<char>(body[at] ^ (1 << (random() % 8)));
    }
    // Half of a surrogate pair is no reason to lose a report.
    const bool is_json = nlohmann::json::accept(body) ||
                         nlohmann::json::accept(WithoutLoneSurrogates(body));
    const bool is_verdict = Read(each, body).ok();
    refused += is_json ? 0 : 1;
    verdicts += is_verdict ? 1 : 0;
    EXPECT_TRUE(is_json || !is_verdict) << "body " << i;
  }
  // Both happen often enough for the comparison to say something.
  EXPECT_GE(refused, kBodies / 10);
  EXPECT_GE(verdicts, kBodies / 10);
}

// Each answer is broken in a part from which no field is read.
TEST(FlippedBits, PartsThatAreNotReadAreJsonToo) {
  for (const std::string part :
       {R"("\ud83")",   R"("\x")",    R"("\u12")", "01",       "1.",
        "1e",           "-",          "1e400",     "nul",      "tru",
        "[1,]",         "[1 2]",      "[,]",       "{1: 2}",   R"({"a"})",
        R"({"a": 1,})", "[}",         "\"\x01\"",  "\"\xff\"", "'a'",
        "NaN",          R"("a" "b")", "[[",        "/**/1"}) {
    for (const std::string& body :
         {R"({"unread": )" + part + R"(, "response_code": 1, "whois": "w"})",
          R"({"response_code": 1, "whois": "w", "unread": )" + part + "}"}) {
      EXPECT_FALSE(nlohmann::json::accept(body)) << body;
      const auto verdict = ReadFirst(
          kDialectV2, *Indicator::Parse(Kind::kDomain, "a.com"),
          Purpose::kReport, {.status = 200, .retry_after = {}, .body = body});
      EXPECT_TRUE(absl::IsUnavailable(verdict.status())) << body;
    }
  }
}

}  // namespace
}  // namespace vtlookup
