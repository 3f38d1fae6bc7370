#include "sim/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <optional>
#include <string>

namespace vtsim {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

TEST(SimText, ScanIdsHaveTheHashOfTheCanonicalUrl) {
  // Published fixed points.
  EXPECT_EQ(Sha256Hex(*CanonicalUrl("google.com")).substr(0, 8), "cf4b367e");
  EXPECT_EQ(Sha256Hex(*CanonicalUrl("HTTPS://Google.com")).substr(0, 8),
            "9d116b1b");
}

TEST(SimText, UrlsHaveAForm) {
  EXPECT_EQ(CanonicalUrl(" A.com?Q "), "http://a.com/?Q");
  EXPECT_EQ(CanonicalUrl("HTTP://A.com/Path"), "http://a.com/Path");
  for (const char* text :
       {"", "nonsense", "http://", "http:///a.b", "http://.com/", "/a.b"}) {
    EXPECT_EQ(CanonicalUrl(text), std::nullopt) << text;
  }
}

TEST(SimText, SplitsAndTrims) {
  EXPECT_THAT(SplitText(" a , b,,c ", ','), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitText("", ','), ElementsAre());
  EXPECT_EQ(Trim(" \t\r\n"), "");
  EXPECT_EQ(Lower("ABz-1"), "abz-1");
  EXPECT_TRUE(IsHex("09afAF"));
  EXPECT_FALSE(IsHex(""));
  EXPECT_FALSE(IsHex("0g"));
}

TEST(SimText, KnowsAddressesAndDomains) {
  for (const char* text : {"1.2.3.4", "0.0.0.0", "255.255.255.255"}) {
    EXPECT_TRUE(IsIpv4(text)) << text;
    EXPECT_FALSE(IsDomain(text)) << text;
  }
  for (const char* text :
       {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.x", "1..2.3.4",
        "1.2.3.4.", ".1.2.3", "1. 2.3.4", " 1.2.3.4", "1.2.3.-4"}) {
    EXPECT_FALSE(IsIpv4(text)) << text;
  }
  EXPECT_TRUE(IsIpv6("2001:db8::1"));
  EXPECT_FALSE(IsIpv6("1.2.3.4"));
  EXPECT_TRUE(IsDomain("_x.a-b.com"));
  for (const char* text : {"", "com", "a b.com", "a.com/x"}) {
    EXPECT_FALSE(IsDomain(text)) << text;
  }
}

// RFC 4648, 10, without the padding, and the two other letters.
TEST(SimText, DecodesTheIdsOfUrls) {
  EXPECT_EQ(DecodeBase64Url("Zg"), "f");
  EXPECT_EQ(DecodeBase64Url("Zm8"), "fo");
  EXPECT_EQ(DecodeBase64Url("Zm9v"), "foo");
  EXPECT_EQ(DecodeBase64Url("Pj4_Pz8-"), ">>?\?\?>");
  for (const char* text : {"", "Z", "Zm9vY", "Zg==", "a+b/", "Zm9v!"}) {
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
}

TEST(SimText, TimesAndDurations) {
  EXPECT_EQ(V2Time(1390467782), "2014-01-23 09:03:02");
  EXPECT_EQ(V2Time(0), "1970-01-01 00:00:00");
  EXPECT_EQ(ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(ParseDuration("3s"), milliseconds(3000));
  EXPECT_EQ(ParseDuration("2m"), milliseconds(120000));
  for (const char* text : {"", "5", "ms", "-1s", "1.5s", "1h", "1 s"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(SimText, GzipIsWhatOthersUnpack) {
  const std::string text = std::string(100000, 'a') + "end";
  std::string zipped = Gzip(text);
  EXPECT_LT(zipped.size(), 1000);
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);  // gzip only
  std::string out(text.size() + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  EXPECT_EQ(out, text);
}

}  // namespace
}  // namespace vtsim
