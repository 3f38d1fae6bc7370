#include "server/operators/admin/entry_filter.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/failure.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

v1::EntryFilter Message(const std::string& text) {
  v1::EntryFilter filter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &filter))
      << text;
  return filter;
}

EntryFilter Filter(const std::string& text) {
  auto filter = EntryFilter::Parse(Message(text));
  EXPECT_TRUE(filter.ok()) << text << ": " << filter.status();
  return *std::move(filter);
}

TEST(EntryFilter, AMistakeNamesItsField) {
  std::string many;
  for (int i = 0; i <= 10'000; ++i) many += "indicators {ip: '8.8.8.8'} ";
  const struct {
    std::string filter;
    const char* field;
  } kCases[] = {
      {"kind: 'files'", "filter.kind"},
      {"kind: 'URL'", "filter.kind"},
      {"response_code: 2", "filter.response_code"},
      {"response_code: -3", "filter.response_code"},
      {"min_age {seconds: -1}", "filter.min_age"},
      {"domain: 'http://a.com/'", "filter.domain"},
      {"domain: 'a b'", "filter.domain"},
      {"indicators {}", "filter.indicators[0]"},
      {"indicators {ip: '8.8.8.8'} indicators {ip: '300.1.1.1'}",
       "filter.indicators[1]"},
      {many, "filter.indicators"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = EntryFilter::Parse(Message(c.filter)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    EXPECT_EQ(FailureOf(status).field, c.field);
  }
}

// With a filter of a newer client, too many entries would be deleted.
TEST(EntryFilter, AConditionOfTheFutureIsRefused) {
  v1::EntryFilter filter;
  ASSERT_TRUE(filter.ParseFromString(std::string("\xa0\x06\x05", 3)));
  EXPECT_EQ(FailureOf(EntryFilter::Parse(filter).status()).field, "filter");
}

TEST(EntryFilter, IsEmptyWithoutAnyCondition) {
  EXPECT_TRUE(Filter("").empty());
  EXPECT_TRUE(Filter("min_age {}").empty());
  for (const char* filter :
       {"kind: 'url'", "response_code: 0", "min_positives: 0",
        "min_age {nanos: 1}", "domain: 'a.com'", "indicators {ip: '::1'}"}) {
    EXPECT_FALSE(Filter(filter).empty()) << filter;
  }
}

TEST(EntryFilter, NamesIndicatorsInTheirCanonicalForm) {
  EXPECT_FALSE(Filter("kind: 'url'").indicators().has_value());
  EXPECT_THAT(*Filter("indicators {url: 'HTTP://A.com'} "
                      "indicators {domain: 'B.com.'}")
                   .indicators(),
              ElementsAre(*Indicator::Parse(Kind::kUrl, "http://a.com/"),
                          *Indicator::Parse(Kind::kDomain, "b.com")));
}

TEST(EntryFilter, FitsWhatMeetsAllConditions) {
  v1::Verdict found = VerdictWith(ResponseCode::kPresent);
  found.set_positives(3);
  const struct {
    const char* filter;
    Kind kind;
    const char* text;
    v1::Verdict verdict;  // two hours old
    bool fits;
  } kCases[] = {
      {"", Kind::kIp, "8.8.8.8", found, true},
      {"kind: 'ip'", Kind::kIp, "8.8.8.8", found, true},
      {"kind: 'domain'", Kind::kIp, "8.8.8.8", found, false},
      {"kind: 'url_scan'", Kind::kUrlScan,
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-17",
       found, true},

      {"response_code: 1", Kind::kIp, "8.8.8.8", found, true},
      {"response_code: 0", Kind::kIp, "8.8.8.8", found, false},
      {"response_code: 0", Kind::kIp, "8.8.8.8",
       VerdictWith(ResponseCode::kMissing), true},
      {"response_code: -2", Kind::kIp, "8.8.8.8",
       VerdictWith(ResponseCode::kQueued), true},

      {"min_age {seconds: 7200}", Kind::kIp, "8.8.8.8", found, true},
      {"min_age {seconds: 7200 nanos: 1}", Kind::kIp, "8.8.8.8", found, false},

      {"min_positives: 3", Kind::kIp, "8.8.8.8", found, true},
      {"min_positives: 4", Kind::kIp, "8.8.8.8", found, false},
      {"min_positives: 0", Kind::kIp, "8.8.8.8",
       VerdictWith(ResponseCode::kMissing), true},
      {"min_positives: 1", Kind::kIp, "8.8.8.8",
       VerdictWith(ResponseCode::kMissing), false},

      {"domain: 'A.com'", Kind::kDomain, "a.com", found, true},
      {"domain: 'a.com'", Kind::kDomain, "x.a.com", found, true},
      {"domain: 'a.com'", Kind::kDomain, "xa.com", found, false},
      {"domain: 'x.a.com'", Kind::kDomain, "a.com", found, false},
      {"domain: 'a.com'", Kind::kUrl, "https://x.a.com:8443/p", found, true},
      {"domain: 'a.com'", Kind::kUrl, "http://b.com/a.com", found, false},
      {"domain: 'a.com'", Kind::kUrl, "http://a.com@b.com/", found, false},
      {"domain: 'a.com'", Kind::kIp, "8.8.8.8", found, false},

      {"kind: 'domain' domain: 'a.com' min_positives: 3 response_code: 1",
       Kind::kDomain, "a.com", found, true},
      {"kind: 'domain' domain: 'a.com' min_positives: 4 response_code: 1",
       Kind::kDomain, "a.com", found, false},
  };
  for (const auto& c : kCases) {
    const Indicator indicator = *Indicator::Parse(c.kind, c.text);
    EXPECT_EQ(Filter(c.filter).Fits(indicator.key(),
                                    FreshEntry(ValueOf(c.verdict), kNow), kNow),
              c.fits)
        << c.filter << " for " << c.text;
  }
}

TEST(EntryFilter, WhatIsOfNoUseNeverFits) {
  const std::string key = Indicator::Parse(Kind::kIp, "8.8.8.8")->key();
  const Bytes value = ValueOf(ResponseCode::kPresent);
  const EntryFilter all = Filter("");
  EXPECT_TRUE(all.Fits(key, FreshEntry(value, kNow), kNow));
  EXPECT_TRUE(all.Fits(key, StaleEntry(value, kNow), kNow));
  EXPECT_FALSE(all.Fits(key, GoneEntry(value, kNow), kNow));
  EXPECT_FALSE(all.Fits("", FreshEntry(value, kNow), kNow));
  EXPECT_FALSE(all.Fits(
      key, FreshEntry(std::make_shared<const std::string>("junk"), kNow),
      kNow));
}

}  // namespace
}  // namespace vtlookup
