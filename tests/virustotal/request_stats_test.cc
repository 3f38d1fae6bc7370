#include "virustotal/request_stats.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <utility>

namespace vtlookup {
namespace {

// Metrics must not name what was asked.
TEST(RequestStats, AnEndpointHasNoIndicator) {
  const std::pair<const char*, const char*> kCases[] = {
      {"https://vt/vtapi/v2/url/report", "url/report"},
      {"https://vt/vtapi/v2/domain/report?apikey=K&domain=a.com",
       "domain/report"},
      {"https://vt/api/v3/urls", "urls"},
      {"https://vt/api/v3/urls/aHR0cDov", "urls"},
      {"https://vt/api/v3/domains/a.com?relationships=x", "domains"},
      {"https://vt/api/v3/ip_addresses/1.2.3.4/urls?limit=40", "ip_addresses"},
      {"https://vt/api/v3/users/me/overall_quotas", "users"},
      {"https://vt/elsewhere/a.com", "other"},
      {"", "other"}};
  for (const auto& [url, endpoint] : kCases) {
    EXPECT_EQ(EndpointOf(url), endpoint) << url;
  }
}

TEST(RequestStats, CountsByEndpointAndStatus) {
  RequestStats stats;
  stats.Add("https://vt/api/v3/urls/a", 200, absl::ZeroDuration());
  stats.Add("https://vt/api/v3/urls/b", 200, absl::ZeroDuration());
  stats.Add("https://vt/api/v3/urls/b", 404, absl::ZeroDuration());
  stats.Add("https://vt/api/v3/files/c", 0, absl::ZeroDuration());
  const std::map<std::pair<std::string, int>, uint64_t> expected = {
      {{"urls", 200}, 2}, {{"urls", 404}, 1}, {{"files", 0}, 1}};
  EXPECT_EQ(stats.counts(), expected);
}

// As Prometheus has it: a bucket holds what is at most its bound.
TEST(RequestStats, ADurationGoesToTheFirstBucketThatHoldsIt) {
  RequestStats stats;
  for (const int milliseconds : {0, 50, 51, 1000, 1001, 20000, 20001, 99999}) {
    stats.Add("", 200, absl::Milliseconds(milliseconds));
  }
  const std::array<uint64_t, 10> expected = {2, 1, 0, 0, 1, 1, 0, 0, 1, 2};
  EXPECT_EQ(stats.buckets(), expected);
  EXPECT_NEAR(stats.seconds(), 142.102, 1e-9);
}

}  // namespace
}  // namespace vtlookup
