// Relationships that come along with an object have the ids of their members
// only.

#include "virustotal/v3/relationships.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

using testing::ElementsAre;

v1::Verdict Read(const Indicator& asked, const std::string& body) {
  v1::Verdict verdict;
  EXPECT_TRUE(ReadJson(body, [&](json::value root) {
                ReadRelationshipsV3(asked, root, &verdict);
                return absl::OkStatus();
              }).ok());
  return verdict;
}

const Indicator kDomain = *Indicator::Parse(Kind::kDomain, "a.com");
const Indicator kIp = *Indicator::Parse(Kind::kIp, "1.2.3.4");

// The id of a resolution is the address and the host name joined.
TEST(RelationshipsV3, AResolutionIsSplitAtWhatWasAsked) {
  const v1::Verdict domain = Read(kDomain, R"({"resolutions": {"data": [
      {"type": "resolution", "id": "1.2.3.4a.com"},
      {"type": "resolution", "id": "5.6.7.8b.com"},
      {"type": "resolution", "id": "1.2.3.4x.a.com"},
      {"type": "resolution", "id": ""}, {"id": 5}, {}]}})");
  ASSERT_EQ(domain.domain().resolutions_size(), 1);
  EXPECT_EQ(domain.domain().resolutions(0).ip_address(), "1.2.3.4");
  EXPECT_EQ(domain.domain().resolutions(0).host_name(), "");
  const v1::Verdict ip = Read(kIp, R"({"resolutions": {"data": [
      {"type": "resolution", "id": "1.2.3.4a.com"},
      {"type": "resolution", "id": "5.6.7.8b.com"}]}})");
  ASSERT_EQ(ip.ip().resolutions_size(), 1);
  EXPECT_EQ(ip.ip().resolutions(0).host_name(), "a.com");
  EXPECT_EQ(ip.ip().resolutions(0).ip_address(), "");
}

TEST(RelationshipsV3, OthersAreLists) {
  const v1::Verdict verdict = Read(kDomain, R"({
      "siblings": {"data": [{"type": "domain", "id": "b.com"}]},
      "subdomains": {"data": [{"id": "x.a.com"}, {"id": "y.a.com"}],
                     "meta": {"cursor": "c"}},
      "communicating_files": {"data": [{"type": "file", "id": "ab"}]},
      "unknown": {"data": [{"id": "x"}]}})");
  EXPECT_THAT(verdict.domain().siblings(), ElementsAre("b.com"));
  EXPECT_THAT(verdict.domain().subdomains(), ElementsAre("x.a.com", "y.a.com"));
  ASSERT_EQ(verdict.domain().communicating_files_size(), 1);
  EXPECT_EQ(verdict.domain().communicating_files(0).sha256(), "ab");
  EXPECT_EQ(verdict.domain().empty_lists_size(), 0);
}

TEST(RelationshipsV3, OnlyAListThatWasSentCanBeEmpty) {
  const v1::Verdict verdict = Read(kDomain, R"({
      "siblings": {"data": []}, "subdomains": {"data": null},
      "communicating_files": {"error": {"code": "ForbiddenError"}},
      "resolutions": {"data": []}})");
  EXPECT_THAT(verdict.domain().empty_lists(),
              ElementsAre("siblings", "resolutions"));
}

TEST(RelationshipsV3, OtherKindsHaveNone) {
  const std::string body = R"({"resolutions": {"data": [{"id": "1.2.3.4"}]}})";
  EXPECT_EQ(
      Read(*Indicator::Parse(Kind::kUrl, "http://a.com/"), body).ByteSizeLong(),
      0);
}

}  // namespace
}  // namespace vtlookup
