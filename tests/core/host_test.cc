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
  EXPECT_EQ(CanonicalHostName("").status().message(), "the name is empty");
  EXPECT_EQ(CanonicalHostName("a..b").status().message(),
            "the name has an empty label");
  EXPECT_EQ(CanonicalHostName(std::string(64, 'a')).status().message(),
            "a label of the name is longer than 63 characters");
  EXPECT_EQ(CanonicalHostName("a b").status().message(),
            "the name has a character that host names must not have");
}

TEST(Ip, IsNotFooledByAZeroByte) {
  EXPECT_FALSE(CanonicalIp(std::string_view("1.2.3.4\0x", 9)).has_value());
}

}  // namespace
}  // namespace vtlookup
