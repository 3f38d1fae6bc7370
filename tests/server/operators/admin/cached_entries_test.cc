#include "server/operators/admin/cached_entries.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "server/proto/indicator_fields.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/prompt_loop.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The empty file.
constexpr char kMd5[] = "d41d8cd98f00b204e9800998ecf8427e";
constexpr char kSha1[] = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

template <typename Message>
Message Parsed(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

class CachedEntriesTest : public testing::Test {
 protected:
  void Put(Kind kind, const char* text, const Entry& entry) {
    cache_.Put(Indicator::Parse(kind, text)->key(), entry);
  }
  Entry Fresh(ResponseCode code = ResponseCode::kPresent) const {
    return FreshEntry(ValueOf(code), now());
  }
  absl::Time now() const { return clock_.Now(); }

  Freshness FreshnessOf(Kind kind, const char* text) {
    const auto found = cache_.Get(Indicator::Parse(kind, text)->key());
    return found.has_value() ? FreshnessAt(found->entry, now())
                             : Freshness::kGone;
  }

  // What List finds, page by page: a space between pages.
  std::string Listed(const std::string& request) {
    auto message = Parsed<v1::ListEntriesRequest>(request);
    std::string all;
    while (true) {
      const auto page = entries_.List(message);
      if (!page.ok()) return FailureOf(page.status()).field;
      for (const v1::CacheEntry& entry : page->entries()) {
        const RawIndicator text = RawIndicatorOf(entry.indicator());
        all += std::string(text.text) + ",";
      }
      if (page->next_page_token().empty()) return all;
      message.set_page_token(page->next_page_token());
      all += " ";
    }
  }

  // How many entries fit, and how many of them were changed.
  std::pair<uint64_t, uint64_t> Invalidate(const std::string& request) {
    const auto response =
        entries_.Invalidate(Parsed<v1::InvalidateEntriesRequest>(request));
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->matched(), response->invalidated()};
  }

  // An entry about the domain a.com, fetched `age` ago.
  v1::CacheEntry Exported(absl::Duration age, uint32_t positives) const {
    v1::CacheEntry entry;
    entry.mutable_indicator()->set_domain("a.com");
    entry.mutable_fetch_time()->set_seconds(absl::ToUnixSeconds(now() - age));
    entry.mutable_expire_time()->set_seconds(
        absl::ToUnixSeconds(now() - age + absl::Hours(24)));
    entry.mutable_stale_until()->set_seconds(
        absl::ToUnixSeconds(now() - age + absl::Hours(48)));
    entry.mutable_verdict()->set_response_code(1);
    entry.mutable_verdict()->set_positives(positives);
    entry.mutable_verdict()->set_total(90);
    entry.mutable_verdict()->mutable_domain();
    return entry;
  }
  v1::ImportEntriesResponse Import(const std::vector<v1::CacheEntry>& all) {
    size_t next = 0;
    const auto response = entries_.Import([&](v1::CacheEntry* entry) {
      if (next == all.size()) return false;
      *entry = all[next++];
      return true;
    });
    EXPECT_TRUE(response.ok()) << response.status();
    return *response;
  }
  uint32_t PositivesOf(const char* domain) {
    const auto found =
        cache_.Get(Indicator::Parse(Kind::kDomain, domain)->key());
    return found.has_value() ? DecodeVerdict(*found->entry.value).positives()
                             : 0;
  }

  FakeClock clock_;
  PromptLoop loop_;
  const std::shared_ptr<FakeTier::Disk> disk_ =
      std::make_shared<FakeTier::Disk>();
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(disk_),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  RawReports raws_{{}, nullptr, nullptr};
  CachedEntries entries_{cache_, raws_, loop_, clock_};
};

TEST_F(CachedEntriesTest, ListsInPagesByKindAndName) {
  Put(Kind::kDomain, "b.com", Fresh());
  Put(Kind::kDomain, "a.com", Fresh());
  Put(Kind::kUrl, "http://z.com/", Fresh());
  Put(Kind::kIp, "8.8.8.8", StaleEntry(ValueOf(ResponseCode::kMissing), now()));
  Put(Kind::kIp, "8.8.4.4", GoneEntry(ValueOf(ResponseCode::kMissing), now()));
  EXPECT_EQ(Listed(""), "http://z.com/,a.com,b.com,8.8.8.8,");
  EXPECT_EQ(Listed("page_size: 1"), "http://z.com/, a.com, b.com, 8.8.8.8,");
  EXPECT_EQ(Listed("page_size: 3"), "http://z.com/,a.com,b.com, 8.8.8.8,");
  EXPECT_EQ(Listed("page_size: 1 filter {kind: 'domain'}"), "a.com, b.com,");
  EXPECT_EQ(Listed("filter {indicators {ip: '8.8.8.8'} "
                   "indicators {domain: 'not.cached'}}"),
            "8.8.8.8,");
  EXPECT_EQ(Listed("page_size: -1"), "page_size");
  EXPECT_EQ(Listed("page_token: '!'"), "page_token");
  EXPECT_EQ(Listed("filter {kind: 'x'}"), "filter.kind");
}

TEST_F(CachedEntriesTest, AnEntryIsShownWithoutItsBulkyFieldsUnlessInFull) {
  v1::Verdict verdict = VerdictWith(ResponseCode::kQueued);
  verdict.mutable_domain()->set_whois("nobody");
  const CachedEntries::Found found{
      *Indicator::Parse(Kind::kDomain, "a.com"),
      {ValueOf(verdict, 2, true), absl::FromUnixSeconds(100),
       absl::FromUnixSeconds(200), absl::FromUnixSeconds(300)}};
  const std::string expected =
      "indicator {domain: 'a.com'} fetch_time {seconds: 100} "
      "expire_time {seconds: 200} stale_until {seconds: 300} polls: 2 "
      "asked_to_scan: true ";
  EXPECT_EQ(
      ToCacheEntry(found, false).SerializeAsString(),
      Parsed<v1::CacheEntry>(expected + "verdict {response_code: -2 domain {}}")
          .SerializeAsString());
  EXPECT_EQ(ToCacheEntry(found, true).SerializeAsString(),
            Parsed<v1::CacheEntry>(expected + "verdict {response_code: -2 "
                                              "domain {whois: 'nobody'}}")
                .SerializeAsString());
}

TEST_F(CachedEntriesTest, WhatIsInvalidatedIsStaleAndMayStandIn) {
  Put(Kind::kDomain, "a.com", Fresh());
  Put(Kind::kDomain, "b.com", Fresh());
  Put(Kind::kDomain, "c.com",
      StaleEntry(ValueOf(ResponseCode::kPresent), now()));
  EXPECT_EQ(Invalidate("filter {kind: 'domain'} dry_run: true"),
            std::pair(3UL, 0UL));
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "a.com"), Freshness::kFresh);
  EXPECT_EQ(Invalidate("filter {domain: 'a.com'}"), std::pair(1UL, 1UL));
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "a.com"), Freshness::kStale);
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "b.com"), Freshness::kFresh);
  // What is stale already stays as it is.
  EXPECT_EQ(Invalidate("all: true"), std::pair(3UL, 1UL));
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "b.com"), Freshness::kStale);
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "c.com"), Freshness::kStale);
}

TEST_F(CachedEntriesTest, AQueuedVerdictNeverStandsIn) {
  Put(Kind::kDomain, "a.com", Fresh(ResponseCode::kQueued));
  EXPECT_EQ(Invalidate("all: true"), std::pair(1UL, 1UL));
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "a.com"), Freshness::kGone);
}

TEST_F(CachedEntriesTest, WhatIsPurgedIsGoneOnDiskToo) {
  Put(Kind::kDomain, "a.com", Fresh());
  Put(Kind::kDomain, "b.com",
      StaleEntry(ValueOf(ResponseCode::kPresent), now()));
  EXPECT_EQ(Invalidate("all: true hard: true"), std::pair(2UL, 2UL));
  for (const char* domain : {"a.com", "b.com"}) {
    EXPECT_EQ(FreshnessOf(Kind::kDomain, domain), Freshness::kGone);
    const std::string key = Indicator::Parse(Kind::kDomain, domain)->key();
    EXPECT_EQ(FreshnessAt(disk_->entries.at(key), now()), Freshness::kGone);
  }
  EXPECT_EQ(Listed(""), "");
}

TEST_F(CachedEntriesTest, AnyHashOfAFileStandsForAll) {
  v1::Verdict verdict = VerdictWith(ResponseCode::kPresent);
  verdict.mutable_file()->set_md5(kMd5);
  verdict.mutable_file()->set_sha1(kSha1);
  const Entry entry = FreshEntry(ValueOf(verdict), now());
  Put(Kind::kFile, kMd5, entry);
  Put(Kind::kFile, kSha1, entry);
  EXPECT_EQ(Invalidate("hard: true filter {indicators {file_hash: '" +
                       std::string(kSha1) + "'}}"),
            std::pair(2UL, 2UL));
  EXPECT_EQ(FreshnessOf(Kind::kFile, kMd5), Freshness::kGone);
}

TEST_F(CachedEntriesTest, EverythingIsNeverMeantByAccident) {
  Put(Kind::kDomain, "a.com", Fresh());
  for (const char* request :
       {"", "hard: true", "filter {}", "all: true filter {kind: 'url'}"}) {
    EXPECT_EQ(
        FailureOf(
            entries_.Invalidate(Parsed<v1::InvalidateEntriesRequest>(request))
                .status())
            .field,
        "filter")
        << request;
  }
  EXPECT_EQ(FreshnessOf(Kind::kDomain, "a.com"), Freshness::kFresh);
}

TEST_F(CachedEntriesTest, TheDiskIsSearchedToo) {
  const std::string key = Indicator::Parse(Kind::kDomain, "a.com")->key();
  disk_->entries[key] = Fresh();
  EXPECT_EQ(Listed(""), "a.com,");
  EXPECT_EQ(Listed("filter {indicators {domain: 'a.com'}}"), "a.com,");
  EXPECT_EQ(Invalidate("all: true hard: true"), std::pair(1UL, 1UL));
  EXPECT_EQ(FreshnessAt(disk_->entries.at(key), now()), Freshness::kGone);
}

TEST_F(CachedEntriesTest, AnImportKeepsWhatIsNewer) {
  EXPECT_EQ(Import({Exported(absl::Hours(3), 3)}).imported(), 1);
  EXPECT_EQ(PositivesOf("a.com"), 3);
  const auto older = Import({Exported(absl::Hours(4), 4)});
  EXPECT_EQ(older.imported(), 0);
  EXPECT_EQ(older.older(), 1);
  EXPECT_EQ(Import({Exported(absl::Hours(3), 5)}).older(), 1);  // as old
  EXPECT_EQ(PositivesOf("a.com"), 3);
  EXPECT_EQ(Import({Exported(absl::Hours(2), 2)}).imported(), 1);
  EXPECT_EQ(PositivesOf("a.com"), 2);
  // The newest of several, in any order.
  const auto both =
      Import({Exported(absl::Hours(1), 1), Exported(absl::Hours(2), 7)});
  EXPECT_EQ(both.imported() + both.older(), 2);
  EXPECT_EQ(PositivesOf("a.com"), 1);
}

TEST_F(CachedEntriesTest, AnImportCountsWhatItLeavesOut) {
  v1::CacheEntry no_indicator = Exported(absl::Hours(1), 1);
  no_indicator.clear_indicator();
  v1::CacheEntry no_times = Exported(absl::Hours(1), 1);
  no_times.clear_fetch_time();
  v1::CacheEntry long_lived = Exported(absl::Hours(1), 1);
  long_lived.mutable_expire_time()->set_seconds(
      absl::ToUnixSeconds(now() + absl::Hours(24 * 366)));
  const struct {
    const char* name;
    v1::CacheEntry entry;
    uint64_t expired;
    uint64_t invalid;
  } kCases[] = {
      {"no indicator", no_indicator, 0, 1},
      {"no times", no_times, 0, 1},
      {"fresh for more than a year", long_lived, 0, 1},
      {"from the future", Exported(absl::Minutes(-11), 1), 0, 1},
      {"as clocks differ", Exported(absl::Minutes(-9), 1), 0, 0},
      {"too old", Exported(absl::Hours(48), 1), 1, 0},
  };
  for (const auto& c : kCases) {
    const auto response = Import({c.entry});
    EXPECT_EQ(response.expired(), c.expired) << c.name;
    EXPECT_EQ(response.invalid(), c.invalid) << c.name;
    EXPECT_EQ(response.mistake().empty(), c.invalid == 0) << c.name;
    EXPECT_EQ(response.imported(), c.expired + c.invalid == 0 ? 1 : 0)
        << c.name;
  }
}

TEST_F(CachedEntriesTest, OneWrongEntryStopsNoOther) {
  const auto response = Import({{}, Exported(absl::Hours(1), 9), {}});
  EXPECT_EQ(response.invalid(), 2);
  EXPECT_EQ(response.mistake(), "the entry has no indicator");
  EXPECT_EQ(response.imported(), 1);
  EXPECT_EQ(PositivesOf("a.com"), 9);
}

TEST_F(CachedEntriesTest, WhatWasListedCanBeImported) {
  v1::Verdict verdict = VerdictWith(ResponseCode::kPresent);
  verdict.mutable_domain()->set_whois("nobody");
  Put(Kind::kDomain, "a.com", FreshEntry(ValueOf(verdict), now()));
  const auto listed =
      entries_.List(Parsed<v1::ListEntriesRequest>("full: true"));
  ASSERT_TRUE(listed.ok()) << listed.status();
  Invalidate("all: true hard: true");
  EXPECT_EQ(
      Import({listed->entries().begin(), listed->entries().end()}).imported(),
      1);
  const auto again =
      entries_.List(Parsed<v1::ListEntriesRequest>("full: true"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), listed->SerializeAsString());
}

TEST_F(CachedEntriesTest, AStopEndsAScan) {
  Put(Kind::kDomain, "a.com", Fresh());
  entries_.Stop();
  const auto listed = entries_.List({});
  EXPECT_EQ(listed.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace vtlookup
