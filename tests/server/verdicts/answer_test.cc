#include "server/verdicts/answer.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TEST(Answer, OfACachedEntry) {
  const Bytes value = ValueOf(ResponseCode::kPresent);
  const Indicator domain = *Indicator::Parse(Kind::kDomain, "Example.COM.");
  const struct {
    Cache::Found found;
    v1::Source source;
    bool stale;
  } kCases[] = {
      {{FreshEntry(value, kNow), Cache::Level::kMemory},
       v1::SOURCE_MEMORY,
       false},
      {{FreshEntry(value, kNow), Cache::Level::kDisk}, v1::SOURCE_DISK, false},
      {{StaleEntry(value, kNow), Cache::Level::kMemory},
       v1::SOURCE_MEMORY,
       true},
      // Its age is not known, so nobody may take it for fresh.
      {{{value, kNow + absl::Hours(1), kNow + absl::Hours(2),
         kNow + absl::Hours(3)},
        Cache::Level::kDisk},
       v1::SOURCE_DISK,
       true},
  };
  for (const auto& c : kCases) {
    const Answer answer = CachedAnswer(domain, c.found, kNow);
    EXPECT_EQ(answer.kind, Kind::kDomain);
    EXPECT_EQ(answer.indicator, "example.com");
    EXPECT_EQ(answer.source, c.source);
    EXPECT_EQ(answer.stale, c.stale);
    EXPECT_EQ(answer.entry.value, value);  // shared, not copied
    EXPECT_EQ(answer.entry.stored, c.found.entry.stored);
  }
}

TEST(Answer, AnUnusableValueNamesWhatCameAndWhy) {
  const Answer answer =
      UnusableAnswer(Kind::kIp, "300.1.1.1", "not an IP address");
  EXPECT_EQ(answer.kind, Kind::kIp);
  EXPECT_EQ(answer.indicator, "300.1.1.1");
  EXPECT_EQ(answer.source, v1::SOURCE_LOCAL);
  EXPECT_FALSE(answer.stale);
  EXPECT_EQ(CodeOf(answer.entry), ResponseCode::kInvalid);
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  EXPECT_EQ(verdict.response_code(), -1);
  EXPECT_EQ(verdict.message(), "not an IP address");
}

TEST(Answer, AViewHasTheSummaryWithoutTheBulkyFields) {
  v1::Verdict verdict;
  verdict.set_response_code(1);
  verdict.set_positives(3);
  verdict.mutable_domain()->set_webutation_safety_score(7);
  const v1::Verdict summary = verdict;
  verdict.mutable_domain()->set_whois("registered by nobody");
  const Answer answer{.kind = Kind::kDomain,
                      .indicator = "a.com",
                      .entry = FreshEntry(ValueOf(verdict), kNow),
                      .source = v1::SOURCE_DISK,
                      .stale = true};
  const AnswerView view = ViewOf(answer);
  EXPECT_EQ(view.kind, Kind::kDomain);
  EXPECT_EQ(view.indicator, "a.com");
  EXPECT_EQ(view.head.response_code, ResponseCode::kPresent);
  EXPECT_EQ(view.source, v1::SOURCE_DISK);
  EXPECT_TRUE(view.stale);
  EXPECT_EQ(&view.entry, &answer.entry);
  v1::Verdict seen;
  ASSERT_TRUE(seen.ParseFromString(
      std::string(view.summary.substr(StoredVerdict::kHeader))));
  EXPECT_EQ(seen.SerializeAsString(), summary.SerializeAsString());
}

TEST(Answer, NamesOfSourcesAreAContractWithDashboards) {
  const std::pair<v1::Source, const char*> kNames[] = {
      {v1::SOURCE_MEMORY, "memory"}, {v1::SOURCE_DISK, "disk"},
      {v1::SOURCE_SHARED, "shared"}, {v1::SOURCE_VIRUSTOTAL, "virustotal"},
      {v1::SOURCE_LOCAL, "local"},   {v1::SOURCE_UNSPECIFIED, "unspecified"}};
  EXPECT_EQ(std::size(kNames), v1::Source_ARRAYSIZE);
  for (const auto& [source, name] : kNames) {
    EXPECT_EQ(SourceName(source), name);
  }
}

TEST(Answer, CodeOfAnEntryIsThatOfItsVerdict) {
  for (const ResponseCode code :
       {ResponseCode::kPresent, ResponseCode::kMissing, ResponseCode::kInvalid,
        ResponseCode::kQueued}) {
    EXPECT_EQ(CodeOf(FreshEntry(ValueOf(code), kNow)), code);
  }
  // An entry that an operator purged has no bytes.
  EXPECT_EQ(CodeOf(FreshEntry(std::make_shared<const std::string>(), kNow)),
            ResponseCode::kMissing);
}

}  // namespace
}  // namespace vtlookup
