// The ids were made with sha256sum.

#include "virustotal/api/url_id.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

constexpr char kGoogle[] =
    "cf4b367e49bf0b22041c6f065f4aa19f3cfe39c8d5abc0617343d1a66c6a26f5";

TEST(UrlId, IsTheHashOfTheUrl) {
  EXPECT_EQ(UrlIdOf("http://google.com/"), kGoogle);
  EXPECT_EQ(UrlIdOf(""),
            "e3b0c44298fc1c149afbf4c8996fb924"
            "27ae41e4649b934ca495991b7852b855");
}

// The comparable form has no default port and no user.
TEST(UrlId, CanBeThatOfTheUrlOrOfItsComparableForm) {
  EXPECT_TRUE(CanBeIdOf("http://google.com/", kGoogle));
  EXPECT_TRUE(CanBeIdOf("http://google.com:80/", kGoogle));
  EXPECT_TRUE(CanBeIdOf("http://google.com/x/../", kGoogle));
  EXPECT_FALSE(CanBeIdOf("http://google.com:8080/", kGoogle));
  EXPECT_FALSE(CanBeIdOf("http://google.com/x", kGoogle));
  EXPECT_FALSE(CanBeIdOf("http://google.com/", ""));
  std::string upper = kGoogle;
  upper[0] = 'C';
  EXPECT_FALSE(CanBeIdOf("http://google.com/", upper));
}

TEST(UrlId, AHashHas64SmallDigits) {
  EXPECT_TRUE(IsSha256(kGoogle));
  EXPECT_FALSE(IsSha256(std::string(63, 'a')));
  EXPECT_FALSE(IsSha256(std::string(65, 'a')));
  EXPECT_FALSE(IsSha256(std::string(64, 'A')));
  EXPECT_FALSE(IsSha256(std::string(64, 'g')));
  EXPECT_FALSE(IsSha256(""));
}

TEST(UrlId, StandsInAScanId) {
  const std::string hash = kGoogle;
  EXPECT_EQ(Sha256OfScanId(hash + "-1700000000"), hash);
  EXPECT_EQ(Sha256OfScanId(hash + "-0"), hash);
  for (const std::string& text :
       {hash, hash + "-", hash + "-x", hash + "-1x", hash + "_1", hash + "--1",
        "u-" + hash + "-1", hash.substr(1) + "-12", std::string(64, 'g') + "-1",
        std::string()}) {
    EXPECT_EQ(Sha256OfScanId(text), "") << text;
  }
}

}  // namespace
}  // namespace vtlookup
