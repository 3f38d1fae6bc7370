#include "server/admin/plausible.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

// What is wrong with it; empty when nothing is.
std::string Mistake(Kind kind, const std::string& entry) {
  v1::CacheEntry parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(entry, &parsed))
      << entry;
  return std::string(CheckPlausible(parsed, kind).message());
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
      // API v2 has no counts of these; v3 has, and they may be zero.
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
      // What single engines said may be older than the counts.
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
