#include "server/operators/admin/plausible.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "core/indicator.h"

namespace vtlookup {
namespace {

constexpr char kMd5[] = "d41d8cd98f00b204e9800998ecf8427e";

Indicator IndicatorOf(Kind kind) {
  switch (kind) {
    case Kind::kUrl:
      return *Indicator::Parse(kind, "http://a/");
    case Kind::kUrlScan:
      return *Indicator::Parse(kind, std::string(64, 'a') + "-1700000000");
    case Kind::kDomain:
      return *Indicator::Parse(kind, "example.com");
    case Kind::kIp:
      return *Indicator::Parse(kind, "8.8.8.8");
    case Kind::kFile:
      break;
  }
  return *Indicator::Parse(Kind::kFile, kMd5);
}

// Returns what is wrong with the entry; empty when nothing is wrong.
std::string Mistake(Kind kind, const std::string& entry) {
  v1::CacheEntry parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(entry, &parsed))
      << entry;
  return std::string(CheckPlausible(parsed, IndicatorOf(kind)).message());
}

TEST(Plausible, WhatVirusTotalSays) {
  const struct {
    Kind kind;
    const char* entry;
  } kCases[] = {
      {Kind::kUrl, "verdict {response_code: 1 positives: 0 total: 70 url {}}"},
      {Kind::kUrl, "verdict {response_code: 1 positives: 70 total: 70}"},
      {Kind::kUrlScan,
       "verdict {response_code: 1 positives: 3 total: 9 url {}}"},
      {Kind::kFile, "verdict {response_code: 1 positives: 3 total: 9 file {}}"},
      // API v2 has no counts for domains and addresses. API v3 has, and they
      // may be zero.
      {Kind::kDomain, "verdict {response_code: 1 domain {}}"},
      {Kind::kDomain,
       "verdict {response_code: 1 positives: 0 total: 0 domain {}}"},
      {Kind::kIp, "verdict {response_code: 1 positives: 2 total: 90 ip {}}"},
      {Kind::kUrl, "verdict {response_code: 0}"},
      {Kind::kUrl, "verdict {response_code: 0 url {resource: 'http://a/'}}"},
      {Kind::kUrl, "verdict {response_code: -2 scan_id: 's' url {}}"},
      {Kind::kUrl, "verdict {response_code: -1 message: 'odd'}"},
      {Kind::kDomain,
       "fetch_time {seconds: 1700000000} stale_until {seconds: 1731000000} "
       "verdict {response_code: 1}"},
      {Kind::kFile,
       "verdict {response_code: 1 positives: 3 total: 9 "
       "file {md5: 'D41D8CD98F00B204E9800998ECF8427E' sha256: 'abc'}}"},
      {Kind::kDomain,
       "fetch_time {seconds: 1700000000} "
       "verdict {response_code: 1 scan_time {seconds: 1700086400} "
       "permalink: 'https://www.virustotal.com/gui/domain/example.com'}"},
      // The opinions of single engines may be older than the counts.
      {Kind::kFile,
       "verdict {response_code: 1 positives: 0 total: 70 "
       "file {engines {engine: 'A' detected: true}}}"}};
  for (const auto& c : kCases) EXPECT_EQ(Mistake(c.kind, c.entry), "");
}

TEST(Plausible, WhatItCannotHaveSaid) {
  const struct {
    Kind kind;
    const char* entry;
    const char* mistake;
  } kCases[] = {
      {Kind::kUrl, "verdict {}", "no verdict"},
      {Kind::kFile,
       "verdict {response_code: 1 positives: 3 total: 9 "
       "file {md5: 'd41d8cd98f00b204e9800998ecf8427f'}}",
       "another hash"},
      {Kind::kDomain,
       "fetch_time {seconds: 1700000000} "
       "verdict {response_code: 1 scan_time {seconds: 1700086401}}",
       "more than a day after fetch_time"},
      {Kind::kDomain,
       "verdict {response_code: 1 permalink: 'javascript:alert(1)'}",
       "does not begin with https://"},
      {Kind::kUrl, "verdict {response_code: 2}", "no verdict"},
      {Kind::kUrl, "verdict {response_code: -3}", "no verdict"},
      {Kind::kUrl, "verdict {response_code: 1 url {}}", "must not be 0"},
      {Kind::kUrlScan, "verdict {response_code: 1 url {}}", "must not be 0"},
      {Kind::kFile, "verdict {response_code: 1 file {}}", "must not be 0"},
      {Kind::kFile, "verdict {response_code: 1 positives: 0 total: 0}",
       "must not be 0"},
      {Kind::kUrl, "verdict {response_code: 1 positives: 80 total: 70}",
       "80 positives and a total of 70"},
      {Kind::kIp, "verdict {response_code: 1 positives: 1 total: 0}",
       "1 positives and a total of 0"},
      {Kind::kUrl, "verdict {response_code: 1 positives: 0 total: 4294967295}",
       "of 4294967295"},
      {Kind::kUrl, "verdict {response_code: 1 positives: 0}", "only one of"},
      {Kind::kDomain, "verdict {response_code: 1 total: 7}", "only one of"},
      {Kind::kUrl, "verdict {response_code: 0 positives: 0 total: 70}",
       "code 0"},
      {Kind::kUrl, "verdict {response_code: -1 positives: 0 total: 70}",
       "code -1"},
      {Kind::kUrl, "verdict {response_code: -2 positives: 0 total: 70}",
       "code -2"},
      {Kind::kUrl, "verdict {response_code: 1 positives: 0 total: 70 file {}}",
       "another kind"},
      {Kind::kDomain, "verdict {response_code: 1 ip {}}", "another kind"},
      {Kind::kUrl,
       "fetch_time {seconds: 1700000000} stale_until {seconds: 253402300799} "
       "verdict {response_code: 0}",
       "stale_until"}};
  for (const auto& c : kCases) {
    EXPECT_THAT(Mistake(c.kind, c.entry), testing::HasSubstr(c.mistake))
        << c.entry;
  }
}

}  // namespace
}  // namespace vtlookup
