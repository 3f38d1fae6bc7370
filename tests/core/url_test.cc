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
  for (const auto& [text, why] :
       {Wrong{"", "empty URL"}, Wrong{" \n ", "empty URL"},
        Wrong{"http://a.com/\x01", "control character in the URL"},
        Wrong{"http://a.com/\x7f", "control character in the URL"},
        Wrong{"http://a.com/x\ny", "control character in the URL"},
        Wrong{"http:///x", "URL without a host"},
        Wrong{"http://", "URL without a host"},
        Wrong{"http://u@/", "URL without a host"},
        Wrong{"http://[::1/", "unclosed bracket in the URL's host"},
        Wrong{"http://[1.2.3.4]/", "not an IPv6 address in brackets"},
        Wrong{"http://[::1%eth0]/", "not an IPv6 address in brackets"},
        Wrong{"http://a.com:x/", "port of the URL is not a number"},
        Wrong{"http://a.com:-1/", "port of the URL is not a number"},
        Wrong{"http://a.com:65536/", "port of the URL is over 65535"},
        // 2^32 + 80 and 2^64 + 80.
        Wrong{"http://a.com:4294967376/", "port of the URL is over 65535"},
        Wrong{"http://a.com:18446744073709551696/",
              "port of the URL is over 65535"},
        Wrong{"mailto:a@b.com", "URL of a scheme that has no host"},
        Wrong{"JavaScript:alert(1)//x.com",
              "URL of a scheme that has no host"}}) {
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
