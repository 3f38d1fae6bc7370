// The objects of API v3, as its reference names them.

#include "virustotal/v3/objects.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace vtlookup {
namespace {

std::string PathOf(Kind kind, std::string_view text) {
  return ObjectPathV3(*Indicator::Parse(kind, text));
}

TEST(ObjectsV3, HaveTypes) {
  EXPECT_EQ(ObjectTypeV3(Kind::kFile), "file");
  EXPECT_EQ(ObjectTypeV3(Kind::kUrl), "url");
  EXPECT_EQ(ObjectTypeV3(Kind::kDomain), "domain");
  EXPECT_EQ(ObjectTypeV3(Kind::kIp), "ip_address");
  EXPECT_EQ(ObjectTypeV3(Kind::kUrlScan), "analysis");
}

// The ids of URLs are of Python: base64.urlsafe_b64encode(url).rstrip(b"=").
// Their lengths leave one, two and no bytes of a group of three.
TEST(ObjectsV3, HavePaths) {
  const std::string hash(64, 'a');
  EXPECT_EQ(PathOf(Kind::kFile, std::string(32, 'A')),
            "files/" + std::string(32, 'a'));
  EXPECT_EQ(PathOf(Kind::kDomain, "A.com"), "domains/a.com");
  EXPECT_EQ(PathOf(Kind::kIp, "1.2.3.4"), "ip_addresses/1.2.3.4");
  EXPECT_EQ(PathOf(Kind::kIp, "2001:DB8::1"), "ip_addresses/2001:db8::1");
  EXPECT_EQ(PathOf(Kind::kUrlScan, hash + "-17"), "analyses/u-" + hash + "-17");
  EXPECT_EQ(PathOf(Kind::kUrl, "http://a.com/"), "urls/aHR0cDovL2EuY29tLw");
  EXPECT_EQ(PathOf(Kind::kUrl, "http://a.com/~"), "urls/aHR0cDovL2EuY29tL34");
  EXPECT_EQ(PathOf(Kind::kUrl, "http://a.com/??"), "urls/aHR0cDovL2EuY29tLz8_");
}

TEST(ObjectsV3, DomainsAndAddressesAreTheNetwork) {
  EXPECT_TRUE(IsNetworkV3(Kind::kDomain));
  EXPECT_TRUE(IsNetworkV3(Kind::kIp));
  for (const Kind kind : {Kind::kFile, Kind::kUrl, Kind::kUrlScan}) {
    EXPECT_FALSE(IsNetworkV3(kind));
  }
}

}  // namespace
}  // namespace vtlookup
