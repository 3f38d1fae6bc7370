#include "core/defanged.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/paths.h"

namespace vtlookup {
namespace {

TEST(Defanged, Schemes) {
  for (const char* scheme : {"hxxp", "hxxps", "HXXP", "htxp", "hXXPS", "fxp"}) {
    EXPECT_TRUE(IsDefangedScheme(scheme)) << scheme;
  }
  for (const char* scheme :
       {"http", "https", "HTTPS", "ftp", "git", "h", "s", "", "sftp"}) {
    EXPECT_FALSE(IsDefangedScheme(scheme)) << scheme;
  }
}

TEST(Defanged, Dots) {
  for (const char* host :
       {"evil[.]com", "evil(.)com", "evil{.}com", "evil[dot]com", "1[.]2.3.4",
        "evil(DOT)com", "2001[:]db8::1", "a[at]b.com", "evil.com[:]8080"}) {
    EXPECT_TRUE(HasDefangedDots(host)) << host;
  }
  for (const char* host :
       {"evil.com", "[2001:db8::1]", "1.2.3.4", "", "dot.at", "a.com:80"}) {
    EXPECT_FALSE(HasDefangedDots(host)) << host;
  }
}

TEST(Defanged, ValuesAreRefanged) {
  std::ifstream in(TEST_SOURCE_DIR "/data/refang.tsv");
  int cases = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const size_t tab = line.find('\t');
    const std::string text = line.substr(0, tab);
    const std::string expected =
        tab == std::string::npos ? text : line.substr(tab + 1);
    EXPECT_EQ(Refang(text), expected) << text;
    EXPECT_EQ(Refang(expected), expected) << "once is enough: " << text;
    ++cases;
  }
  EXPECT_GE(cases, 50);
  EXPECT_EQ(Refang(""), "");
}

}  // namespace
}  // namespace vtlookup
