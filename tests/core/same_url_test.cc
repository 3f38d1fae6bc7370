// Tests which URLs count as the same URL.

#include "core/same_url.h"

#include <gtest/gtest.h>

#include "core/indicator.h"

namespace vtlookup {
namespace {

struct Case {
  const char* asked;
  const char* told;
  bool same;
};
constexpr Case kCases[] = {
    {"http://a.com/", "http://a.com/", true},
    {"http://a.com/", "a.com", true},
    {"http://a.com:80/", "http://a.com/", true},
    {"https://a.com:443/", "https://a.com/", true},
    {"http://a.com:443/", "http://a.com/", false},
    {"http://a.com:8080/", "http://a.com/", false},
    {"http://a.com:8080/", "http://a.com:8081/", false},
    {"http://u:p@a.com/", "http://a.com/", true},
    {"http://a.com/", "http://u:p@a.com/", false},
    {"http://u:p@a.com/", "http://u:q@a.com/", false},
    {"http://a.com/", "http://a.com@b.com/", false},
    {"http://a.com@b.com/", "http://a.com/", false},
    {"http://a.com/x/../y/./z", "http://a.com/y/z", true},
    {"http://a.com/x/%2e%2E/y", "http://a.com/y", true},
    {"http://a.com/../../y", "http://a.com/y", true},
    {"http://a.com/y/..", "http://a.com/", true},
    {"http://a.com/x/y", "http://a.com/y", false},
    {"http://a.com//y", "http://a.com/y", false},
    {"http://a.com./", "http://a.com/", true},
    {"http://a.com/", "http://b.com/", false},
    {"http://a.com/", "http://x.a.com/", false},
    {"http://a.com/", "https://a.com/", false},
    {"http://xn--bcher-kva.example/",
     "http://b\xC3\xBC"
     "cher.example/",
     true},
    {"http://xn--bcher-kva.example/", "http://b%C3%BCcher.example/", true},
    {"http://a.com/", "http://a%2Ecom/", false},
    {"http://a.com/%7eu", "http://a.com/~u", true},
    {"http://a.com/%3a", "http://a.com/%3A", true},
    {"http://a.com/%3A", "http://a.com/:", false},
    {"http://a.com/%2F", "http://a.com//", false},
    {"http://a.com/%", "http://a.com/%", true},
    {"http://a.com/%4", "http://a.com/%4", true},
    {"http://a.com/A", "http://a.com/a", false},
    {"http://a.com/?", "http://a.com/", true},
    {"http://a.com/?q", "http://a.com/", false},
    {"http://a.com/?q=1", "http://a.com/?q=2", false},
    {"http://a.com/?/../x", "http://a.com/?/x", false},
    {"http://a.com/#f", "http://a.com/#f", true},
    {"http://a.com/#f", "http://a.com/", false},
    {"http://a.com/#f?q", "http://a.com/?q", false},
    {"http://a.com/a b?c d", "http://a.com/a%20b?c+d", true},
    {"http://a.com/?c%20d", "http://a.com/?c+d", false},
    {"http://[2001:db8::1]:80/", "http://[2001:DB8::1]/", true},
    {"http://[2001:db8::1]/", "http://[2001:db8::2]/", false},
    {"http://a.com/", "", false},
    {"http://a.com/", "not a url", false},
    {"http://a.com/", "mailto:a@a.com", false}};

TEST(SameUrl, OnlyWhatIsUnknownOfVirusTotalsFormMayDiffer) {
  for (const auto& [asked, told, same] : kCases) {
    EXPECT_EQ(IsSameUrl(Indicator::Parse(Kind::kUrl, asked)->text(), told),
              same)
        << asked << " " << told;
  }
}

}  // namespace
}  // namespace vtlookup
