#include "sim/faults.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace vtsim {
namespace {

using std::chrono::milliseconds;

TEST(Faults, OfOneRuleMayBeSeveral) {
  const auto rule = ParseFaultRule("http://x/?a=b=latency:2s+status:503");
  ASSERT_TRUE(rule.has_value());
  EXPECT_EQ(rule->match, "http://x/?a=b");
  EXPECT_EQ(rule->fault.latency, milliseconds(2000));
  EXPECT_EQ(rule->fault.status, 503);
  EXPECT_EQ(rule->fault.text, "latency:2s+status:503");
  EXPECT_FALSE(rule->fault.junk);
}

TEST(Faults, HaveTheirNames) {
  const auto fault = [](const std::string& text) {
    const auto rule = ParseFaultRule("x=" + text);
    EXPECT_TRUE(rule.has_value()) << text;
    return rule.value_or(FaultRule()).fault;
  };
  EXPECT_EQ(fault("slow:250ms").slow, milliseconds(250));
  EXPECT_EQ(fault("latency:2m").latency, milliseconds(120000));
  EXPECT_EQ(fault("cut:0").cut, 0);
  EXPECT_EQ(fault("big:40000000").big, 40000000);
  EXPECT_EQ(fault("html").html, 200);
  EXPECT_EQ(fault("html:404").html, 404);
  EXPECT_EQ(fault("error:400:NotAvailableYet").error->status, 400);
  EXPECT_EQ(fault("error:400:NotAvailableYet").error->code, "NotAvailableYet");
  EXPECT_TRUE(fault("junk").junk);
  EXPECT_TRUE(fault("empty").empty);
  EXPECT_TRUE(fault("reset").reset);
  EXPECT_TRUE(fault("hang").hang);
  EXPECT_TRUE(fault("plain").plain);
  EXPECT_EQ(fault("present").outcome, Outcome::kPresent);
  EXPECT_EQ(fault("missing").outcome, Outcome::kMissing);
  EXPECT_EQ(fault("queued").outcome, Outcome::kQueued);
}

TEST(Faults, OtherTextsAreNoRules) {
  for (const char* bad : {"",
                          "x",
                          "=junk",
                          "x=",
                          "x=+",
                          "x=nonsense",
                          "x=junk+nonsense",
                          "x=status:",
                          "x=status:abc",
                          "x=status:99",
                          "x=status:9999",
                          "x=html:99",
                          "x=latency:2",
                          "x=latency:-2s",
                          "x=cut:ten",
                          "x=cut:-1",
                          "x=cut: 1",
                          "x=big:-1",
                          "x=big:+1",
                          "x=error:400",
                          "x=error:x:Y",
                          "x=error:99:Y",
                          "200%=junk",
                          "%=junk",
                          "-1%=junk",
                          "x=cut:5x"}) {
    EXPECT_FALSE(ParseFaultRule(bad).has_value()) << bad;
  }
}

std::vector<FaultRule> Rules(const std::vector<std::string>& texts) {
  std::vector<FaultRule> rules;
  for (const std::string& text : texts) rules.push_back(*ParseFaultRule(text));
  return rules;
}

TEST(Faults, TheFirstRuleThatAppliesCounts) {
  const auto rules = Rules({"evil.com=cut:1", "evil=cut:2", "*=cut:3"});
  EXPECT_EQ(FindFault(rules, "http://evil.com/", 1)->cut, 1);
  EXPECT_EQ(FindFault(rules, "evil.org", 1)->cut, 2);
  EXPECT_EQ(FindFault(rules, "", 1)->cut, 3);
  EXPECT_EQ(FindFault(Rules({"evil=junk"}), "good.com", 1), nullptr);
  EXPECT_EQ(FindFault({}, "evil", 1), nullptr);
}

TEST(Faults, AShareIsOfTheRequestsAndTheSameInEveryRun) {
  const auto quarter = Rules({"25%=hang"});
  int hung = 0;
  for (uint64_t n = 0; n < 1000; ++n) {
    const bool hangs = FindFault(quarter, "other", n) != nullptr;
    EXPECT_EQ(hangs, FindFault(quarter, "another", n) != nullptr);
    hung += hangs ? 1 : 0;
  }
  EXPECT_NEAR(hung, 250, 50);
  for (uint64_t n = 0; n < 100; ++n) {
    EXPECT_EQ(FindFault(Rules({"0%=hang"}), "x", n), nullptr);
    EXPECT_NE(FindFault(Rules({"100%=hang"}), "x", n), nullptr);
  }
}

}  // namespace
}  // namespace vtsim
