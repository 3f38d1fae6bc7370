#include "virustotal/http/url_encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace vtlookup {
namespace {

// Expected: Python's urllib.parse.quote(text, safe="").
constexpr char kTricky[] = "http://a.com/?x=1&y=2 +%#;~-._\xC3\xBC\n";
constexpr char kEscaped[] =
    "http%3A%2F%2Fa.com%2F%3Fx%3D1%26y%3D2%20%2B%25%23%3B~-._%C3%BC%0A";

TEST(UrlEncoding, OfAFormLeavesNothingThatSeparates) {
  EXPECT_EQ(EncodeForm({}), "");
  EXPECT_EQ(EncodeForm({{"resource", kTricky}}),
            std::string("resource=") + kEscaped);
  EXPECT_EQ(EncodeForm({{"a", "1"}, {"b&", ""}, {"c", "=&"}}),
            "a=1&b%26=&c=%3D%26");
}

TEST(UrlEncoding, OfAFormKeepsAnEmptyFirstPair) {
  EXPECT_EQ(EncodeForm({{"", ""}, {"a", "1"}}), "=&a=1");
}

// With a slash or a question mark it would name another endpoint.
TEST(UrlEncoding, OfASegmentStaysWithinIt) {
  EXPECT_EQ(EncodePathSegment("a/../b?c#d"), "a%2F..%2Fb%3Fc%23d");
  EXPECT_EQ(EncodePathSegment(std::string_view("\0", 1)), "%00");
  EXPECT_EQ(EncodePathSegment(""), "");
}

TEST(UrlEncoding, OfASegmentKeepsTheColonsOfAnAddress) {
  EXPECT_EQ(EncodePathSegment("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(EncodeForm({{"ip", "2001:db8::1"}}), "ip=2001%3Adb8%3A%3A1");
}

}  // namespace
}  // namespace vtlookup
