#include "core/host.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

TEST(HostName, KeepsATrailingDot) {
  EXPECT_EQ(*CanonicalHostName("Example.COM."), "example.com.");
}

TEST(HostName, AllowsOneLabelAndUnderscores) {
  EXPECT_EQ(*CanonicalHostName("_Dmarc"), "_dmarc");
}

TEST(HostName, SaysWhatIsWrong) {
  EXPECT_EQ(CanonicalHostName("").status().message(), "empty name");
  EXPECT_EQ(CanonicalHostName("a..b").status().message(),
            "empty label in name");
  EXPECT_EQ(CanonicalHostName(std::string(64, 'a')).status().message(),
            "label longer than 63 characters");
  EXPECT_EQ(CanonicalHostName("a b").status().message(),
            "character that no host name has");
}

TEST(Ip, IsNotFooledByAZeroByte) {
  EXPECT_FALSE(CanonicalIp(std::string_view("1.2.3.4\0x", 9)).has_value());
}

}  // namespace
}  // namespace vtlookup
