// What a URL's canonical form keeps and what it changes. tests/data/indicators
// has more URLs; here are the parts, and what is said of URLs that are none.

#include "core/url.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

struct Canonical {
  const char* text;
  const char* url;
};

TEST(Url, OnlySchemeAndHostChangeTheirCase) {
  for (const auto& [text, url] :
       {Canonical{"a.com", "http://a.com/"},
        Canonical{" \t a.com/ \r\n", "http://a.com/"},
        Canonical{"HTTPS://A.Com/Path?Q=A#F", "https://a.com/Path?Q=A#F"},
        Canonical{"http://User:Pw@A.com/", "http://User:Pw@a.com/"},
        Canonical{"svn+SSH://A.com/x", "svn+ssh://a.com/x"},
        Canonical{"http://a.com?q", "http://a.com/?q"},
        Canonical{"http://a.com#f", "http://a.com/#f"},
        Canonical{"http://a.com:80/", "http://a.com:80/"},
        Canonical{"http://a.com:/", "http://a.com:/"},
        Canonical{"http://a.com./", "http://a.com./"},
        Canonical{"http://a.com/%7e/../x", "http://a.com/%7e/../x"},
        Canonical{"http://a.com/a b", "http://a.com/a b"}}) {
    const auto canonical = CanonicalUrl(text);
    ASSERT_TRUE(canonical.ok()) << text << canonical.status();
    EXPECT_EQ(*canonical, url);
    EXPECT_EQ(*CanonicalUrl(*canonical), url) << "it is its own form";
  }
}

TEST(Url, HostsAreInTheirOneForm) {
  for (const auto& [text, url] :
       {Canonical{"http://[2001:DB8:0::1]/", "http://[2001:db8::1]/"},
        Canonical{"http://[::ffff:1.2.3.4]:80/", "http://1.2.3.4:80/"},
        // Python: "bücher".encode("idna").
        Canonical{"b\xC3\xBC"
                  "cher.example",
                  "http://xn--bcher-kva.example/"},
        Canonical{"http://a.com/\xC3\xBC?\xFF", "http://a.com/%C3%BC?%FF"},
        Canonical{"http://\xC3\xBC@a.com/", "http://%C3%BC@a.com/"}}) {
    const auto canonical = CanonicalUrl(text);
    ASSERT_TRUE(canonical.ok()) << text << canonical.status();
    EXPECT_EQ(*canonical, url);
  }
}

struct Wrong {
  const char* text;
  const char* why;
};

TEST(Url, SaysWhatIsWrong) {
  for (
      const auto& [text, why] :
      {Wrong{"", "the URL is empty"}, Wrong{" \n ", "the URL is empty"},
       Wrong{"http://a.com/\x01", "the URL has a control character"},
       Wrong{"http://a.com/\x7f", "the URL has a control character"},
       Wrong{"http://a.com/x\ny", "the URL has a control character"},
       Wrong{"http:///x", "the URL has no host"},
       Wrong{"http://", "the URL has no host"},
       Wrong{"http://u@/", "the URL has no host"},
       Wrong{"http://[::1/",
             "the closing bracket is missing in the URL's host"},
       Wrong{
           "http://[1.2.3.4]/",
           "the text in the brackets of the URL's host is not an IPv6 address"},
       Wrong{
           "http://[::1%eth0]/",
           "the text in the brackets of the URL's host is not an IPv6 address"},
       Wrong{"http://a.com:x/", "the URL's port is not a number"},
       Wrong{"http://a.com:-1/", "the URL's port is not a number"},
       Wrong{"http://a.com:65536/", "the URL's port is above 65535"},
       // 2^32 + 80 and 2^64 + 80.
       Wrong{"http://a.com:4294967376/", "the URL's port is above 65535"},
       Wrong{"http://a.com:18446744073709551696/",
             "the URL's port is above 65535"},
       Wrong{"mailto:a@b.com", "URLs with this scheme have no host"},
       Wrong{"JavaScript:alert(1)//x.com",
             "URLs with this scheme have no host"}}) {
    const auto canonical = CanonicalUrl(text);
    EXPECT_EQ(canonical.status().message(), why) << text;
    EXPECT_TRUE(absl::IsInvalidArgument(canonical.status())) << text;
  }
}

// The host is where a browser connects, whatever stands before the last `@`.
TEST(Url, HasItsParts) {
  const struct {
    std::string url;
    const char* user;
    const char* host;
    const char* rest;
  } kCases[] = {{"http://a.com/", "", "a.com", "/"},
                {"http://u:p@a.com:8080/x", "u:p", "a.com", "/x"},
                {"http://b.com@c.com@a.com/", "b.com@c.com", "a.com", "/"},
                {"http://a.com/?u@b.com", "", "a.com", "/?u@b.com"},
                {"http://u@[2001:db8::1]:80/x", "u", "2001:db8::1", "/x"},
                {"http://[::1]/", "", "::1", "/"}};
  for (const auto& [url, user, host, rest] : kCases) {
    const UrlParts parts = PartsOfUrl(url);
    EXPECT_EQ(parts.user, user) << url;
    EXPECT_EQ(parts.host, host) << url;
    EXPECT_EQ(url.substr(parts.path), rest) << url;
  }
}

}  // namespace
}  // namespace vtlookup
