// What is invented about an indicator, and what must hold of it.

#include "sim/facts.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace vtsim {
namespace {

TEST(Facts, WordsInTheNameDecide) {
  for (const Kind kind : {Kind::kUrl, Kind::kDomain, Kind::kIp, Kind::kFile}) {
    for (int i = 0; i < 20; ++i) {
      const std::string tag = std::to_string(i);
      const Facts bad = InventFacts(kind, "malicious" + tag);
      EXPECT_EQ(bad.outcome, Outcome::kPresent);
      EXPECT_GT(bad.positives(), 0);
      const Facts clean = InventFacts(kind, "clean" + tag);
      EXPECT_EQ(clean.outcome, Outcome::kPresent);
      EXPECT_EQ(clean.positives(), 0);
      EXPECT_EQ(InventFacts(kind, "missing" + tag).outcome, Outcome::kMissing);
      EXPECT_EQ(InventFacts(kind, "queued" + tag).outcome, Outcome::kQueued);
    }
  }
}

TEST(Facts, FollowFromTheIndicatorAlone) {
  const Facts one = InventFacts(Kind::kDomain, "a.example");
  const Facts again = InventFacts(Kind::kDomain, "a.example");
  const Facts other = InventFacts(Kind::kDomain, "b.example");
  EXPECT_EQ(one.analysed, again.analysed);
  EXPECT_EQ(one.total(), again.total());
  EXPECT_EQ(one.resolutions, again.resolutions);
  EXPECT_EQ(one.subdomains, again.subdomains);
  EXPECT_NE(one.analysed, other.analysed);
}

TEST(Facts, CountsAreThoseOfTheEngines) {
  for (int i = 0; i < 50; ++i) {
    const Facts facts =
        InventFacts(Kind::kFile, std::string(30, 'a') + std::to_string(10 + i));
    uint32_t malicious = 0;
    std::set<std::string> names;
    for (const EngineFact& engine : facts.engines) {
      malicious += engine.category == "malicious" ? 1 : 0;
      names.insert(engine.name);
    }
    EXPECT_EQ(facts.positives(), malicious);
    EXPECT_EQ(facts.total(), names.size()) << "no engine votes twice";
    EXPECT_LE(facts.positives(), facts.total());
  }
}

// A file has one hash of each kind, one of them the one that was asked.
TEST(Facts, AFileHasTheHashThatWasAsked) {
  for (const size_t size : {32, 40, 64}) {
    const std::string hash(size, 'b');
    const Facts facts = InventFacts(Kind::kFile, hash);
    EXPECT_EQ(facts.md5.size(), 32);
    EXPECT_EQ(facts.sha1.size(), 40);
    EXPECT_EQ(facts.sha256.size(), 64);
    EXPECT_EQ(std::set({facts.md5, facts.sha1, facts.sha256}).count(hash), 1);
  }
}

TEST(Facts, AScanIdBeginsWithTheHashOfTheUrl) {
  // sha256sum of "http://google.com/".
  EXPECT_EQ(
      ScanId(InventFacts(Kind::kUrl, "http://google.com/"), 17),
      "cf4b367e49bf0b22041c6f065f4aa19f3cfe39c8d5abc0617343d1a66c6a26f5-17");
}

TEST(Facts, TheNetworkOfAnAddressHoldsIt) {
  EXPECT_EQ(InventFacts(Kind::kIp, "192.0.2.7").network, "192.0.2.0/24");
  EXPECT_EQ(InventFacts(Kind::kIp, "2001:db8::1").network, "2001::/16");
}

}  // namespace
}  // namespace vtsim
