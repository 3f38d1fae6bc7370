#include "sim/world.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vtsim {
namespace {

class WorldTest : public testing::Test {
 protected:
  std::vector<FaultRule> rules_;
  RecordedAnswers recorded_;
  World world_{rules_, recorded_, /*queue_seconds=*/60};
};

TEST_F(WorldTest, ASubmittedUrlIsDoneAfterItsTime) {
  EXPECT_FALSE(world_.SubmissionOf("http://a/", 1000).has_value());
  world_.Submit("http://a/", 1000);
  EXPECT_FALSE(world_.SubmissionOf("http://a/", 1059)->done);
  EXPECT_TRUE(world_.SubmissionOf("http://a/", 1060)->done);
  EXPECT_EQ(world_.SubmissionOf("http://a/", 1060)->time, 1000);
  world_.Submit("http://a/", 2000);
  EXPECT_FALSE(world_.SubmissionOf("http://a/", 2001)->done) << "once more";
}

TEST_F(WorldTest, AScanIsKnownOnceItWasTold) {
  const std::string hash(64, 'a');
  EXPECT_FALSE(world_.UrlOfScan(hash + "-1").has_value());
  world_.NoteScan(hash + "-1", "http://a/");
  EXPECT_EQ(world_.UrlOfScan(hash + "-1"), "http://a/");
  EXPECT_FALSE(world_.UrlOfScan(hash + "-2").has_value());
  EXPECT_EQ(world_.UrlOfSha256(hash), "http://a/");
  EXPECT_FALSE(world_.UrlOfSha256(std::string(64, 'b')).has_value());
}

TEST_F(WorldTest, ARuleMaySayWhatIsKnown) {
  rules_ = {*ParseFaultRule("50%=queued"), *ParseFaultRule("clean=missing"),
            *ParseFaultRule("*=queued")};
  EXPECT_EQ(world_.FactsOf(Kind::kDomain, "clean.example").outcome,
            Outcome::kMissing);
  EXPECT_EQ(world_.FactsOf(Kind::kDomain, "malicious.example").outcome,
            Outcome::kQueued);
}

TEST(ScanId, HasAHashAndSomethingBehindADash) {
  const std::string hash(64, 'a');
  EXPECT_TRUE(IsScanId(hash + "-1"));
  EXPECT_FALSE(IsScanId(hash + "-"));
  EXPECT_FALSE(IsScanId(hash));
  EXPECT_FALSE(IsScanId(std::string(64, 'g') + "-1"));
}

}  // namespace
}  // namespace vtsim
