#include "server/verdicts/verdict_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "server/config/yaml.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::UnorderedElementsAre;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// The empty file.
constexpr char kMd5[] = "d41d8cd98f00b204e9800998ecf8427e";
constexpr char kSha1[] = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
constexpr char kSha256[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kOtherMd5[] = "0cc175b9c0f1b6a831c399e269772661";

class VerdictKeeperTest : public testing::Test {
 protected:
  VerdictKeeperTest() { ApplyDefaults(&config_); }

  static Upstream::Reply ReplyOf(const v1::Verdict& verdict) {
    Upstream::Reply reply;
    *reply.verdict = verdict;
    return reply;
  }
  static Upstream::Reply ReplyOf(ResponseCode code) {
    return ReplyOf(VerdictWith(code));
  }
  static v1::Verdict TheFile() {
    v1::Verdict verdict = VerdictWith(ResponseCode::kPresent);
    verdict.mutable_file()->set_md5(kMd5);
    verdict.mutable_file()->set_sha1(kSha1);
    verdict.mutable_file()->set_sha256(kSha256);
    return verdict;
  }
  static Indicator File(const char* hash) {
    return *Indicator::Parse(Kind::kFile, hash);
  }

  Bytes Cached(const Indicator& indicator) {
    const auto peeked = cache_.PeekMemory(indicator.key());
    return peeked.found.has_value() ? peeked.found->entry.value : nullptr;
  }
  int PollsOf(const VerdictKeeper::Kept& kept) {
    return StoredVerdict::Peek(*kept.entry.value)->polls;
  }

  const Indicator url_ = *Indicator::Parse(Kind::kUrl, "http://a.com/");
  v1::CacheConfig config_;
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  RawReports raws_{{}, nullptr, nullptr};
  VerdictKeeper keeper_{config_, cache_, raws_};
};

enum class Age { kFresh, kStale, kGone };
using enum ResponseCode;

// What is cached, what VirusTotal answers to which request, and whether the
// answer is stored.
const struct Case {
  const char* name;
  std::optional<ResponseCode> cached;
  Age age;
  Purpose purpose;
  ResponseCode reply;
  bool awaited;
  bool stored;
} kStoredOrNot[] = {
    {"the first", {}, Age::kFresh, Purpose::kReport, kPresent, false, true},
    {"the first is not known",
     {},
     Age::kFresh,
     Purpose::kReport,
     kMissing,
     false,
     true},
    {"a newer report", kPresent, Age::kFresh, Purpose::kReport, kPresent, false,
     true},
    {"VirusTotal has dropped it", kPresent, Age::kFresh, Purpose::kReport,
     kMissing, false, true},
    {"a report is rescanned", kPresent, Age::kFresh, Purpose::kReport, kQueued,
     false, true},
    {"a submission of what has a report", kPresent, Age::kFresh,
     Purpose::kSubmit, kQueued, false, false},
    {"which may still stand in", kPresent, Age::kStale, Purpose::kSubmit,
     kQueued, false, false},
    {"which is gone", kPresent, Age::kGone, Purpose::kSubmit, kQueued, false,
     true},
    {"a submission of what is not known", kMissing, Age::kFresh,
     Purpose::kSubmit, kQueued, false, true},
    {"not known yet, while it is scanned", kQueued, Age::kFresh,
     Purpose::kReport, kMissing, false, false},
    {"which takes long", kQueued, Age::kGone, Purpose::kReport, kMissing, false,
     true},
    {"and is waited for", kQueued, Age::kGone, Purpose::kReport, kMissing, true,
     false},
    {"the scan has ended", kQueued, Age::kFresh, Purpose::kReport, kPresent,
     true, true},
    {"only a scan is worth waiting for", kPresent, Age::kGone, Purpose::kSubmit,
     kQueued, true, true},
};

TEST_F(VerdictKeeperTest, KeepsWhatSaysNoLessThanTheCache) {
  int number = 0;
  for (const Case& c : kStoredOrNot) {
    SCOPED_TRACE(c.name);
    std::optional<Cache::Found> cached;
    if (c.cached.has_value()) {
      const Bytes value = ValueOf(*c.cached);
      cached = {.entry = c.age == Age::kFresh   ? FreshEntry(value, kNow)
                         : c.age == Age::kStale ? StaleEntry(value, kNow)
                                                : GoneEntry(value, kNow),
                .level = Cache::Level::kMemory};
    }
    const Indicator indicator = *Indicator::Parse(
        Kind::kUrl, "http://a.com/" + std::to_string(number++));
    const VerdictKeeper::Kept kept =
        keeper_.Keep(indicator, c.purpose, ReplyOf(c.reply),
                     cached.has_value() ? &*cached : nullptr, c.awaited, kNow);
    EXPECT_EQ(kept.stored, c.stored);
    // Stored or not, it is the answer.
    EXPECT_EQ(StoredVerdict::Peek(*kept.entry.value)->response_code, c.reply);
    EXPECT_EQ(kept.entry.stored, kNow);
    EXPECT_EQ(Cached(indicator), c.stored ? kept.entry.value : nullptr);
  }
}

TEST_F(VerdictKeeperTest, WhatIsCachedNowCountsInsteadOfWhatWasBefore) {
  const Entry report = FreshEntry(ValueOf(ResponseCode::kPresent), kNow);
  cache_.Put(url_.key(), report);
  const Cache::Found before{FreshEntry(ValueOf(ResponseCode::kMissing), kNow),
                            Cache::Level::kMemory};
  EXPECT_FALSE(keeper_
                   .Keep(url_, Purpose::kSubmit, ReplyOf(ResponseCode::kQueued),
                         &before, false, kNow)
                   .stored);
  EXPECT_EQ(Cached(url_), report.value);
}

TEST_F(VerdictKeeperTest, CountsHowOftenInARowItWasQueued) {
  const auto keep = [this](Purpose purpose, ResponseCode code) {
    return keeper_.Keep(url_, purpose, ReplyOf(code), nullptr, true, kNow);
  };
  // The lifetimes are 60 s, doubled each time, give or take a tenth.
  const auto first = keep(Purpose::kReport, ResponseCode::kQueued);
  EXPECT_EQ(PollsOf(first), 1);
  const absl::Duration life = first.entry.fresh_until - kNow;
  EXPECT_GE(life, absl::Seconds(54));
  EXPECT_LE(life, absl::Seconds(66));
  const auto second = keep(Purpose::kReport, ResponseCode::kQueued);
  EXPECT_EQ(PollsOf(second), 2);
  EXPECT_NEAR(absl::FDivDuration(second.entry.fresh_until - kNow, life), 2,
              1e-6);
  EXPECT_EQ(PollsOf(keep(Purpose::kReport, ResponseCode::kQueued)), 3);
  // A new scan begins anew, and a final verdict ends the row.
  const auto scan = keep(Purpose::kSubmit, ResponseCode::kQueued);
  EXPECT_EQ(PollsOf(scan), 1);
  EXPECT_EQ(scan.entry.fresh_until - kNow, life);
  EXPECT_EQ(PollsOf(keep(Purpose::kReport, ResponseCode::kPresent)), 0);
  EXPECT_EQ(PollsOf(keep(Purpose::kReport, ResponseCode::kQueued)), 1);
}

TEST_F(VerdictKeeperTest, NotesWhetherAScanWasAskedFor) {
  for (const auto& [purpose, asked] : {std::pair(Purpose::kReport, false),
                                       {Purpose::kReportOrSubmit, true},
                                       {Purpose::kSubmit, false}}) {
    const auto kept = keeper_.Keep(
        url_, purpose, ReplyOf(ResponseCode::kMissing), nullptr, false, kNow);
    EXPECT_EQ(StoredVerdict::Peek(*kept.entry.value)->asked_to_scan, asked);
  }
}

TEST_F(VerdictKeeperTest, AnIncompleteReplyIsFreshForAShortTimeOnly) {
  Upstream::Reply reply = ReplyOf(ResponseCode::kMissing);
  reply.incomplete_because =
      absl::UnavailableError("the scan could not be started");
  const auto kept = keeper_.Keep(url_, Purpose::kReportOrSubmit,
                                 std::move(reply), nullptr, false, kNow);
  EXPECT_TRUE(kept.stored);
  EXPECT_EQ(kept.entry.fresh_until, kNow + absl::Seconds(60));
  // It may stand in as long as any other.
  EXPECT_GT(kept.entry.usable_until, kNow + absl::Hours(24));
}

TEST_F(VerdictKeeperTest, AFileIsStoredUnderAllItsHashes) {
  const auto kept = keeper_.Keep(File(kSha1), Purpose::kReport,
                                 ReplyOf(TheFile()), nullptr, false, kNow);
  EXPECT_THAT(kept.aliases, UnorderedElementsAre(File(kMd5), File(kSha256)));
  for (const char* hash : {kMd5, kSha1, kSha256}) {
    EXPECT_EQ(Cached(File(hash)), kept.entry.value) << hash;
  }
}

TEST_F(VerdictKeeperTest, AReportAboutAnotherFileHasNoOtherNames) {
  const auto kept = keeper_.Keep(File(kOtherMd5), Purpose::kReport,
                                 ReplyOf(TheFile()), nullptr, false, kNow);
  EXPECT_TRUE(kept.aliases.empty());
  EXPECT_EQ(Cached(File(kMd5)), nullptr);
}

TEST_F(VerdictKeeperTest, AFileThatIsNotKnownHasNoOtherNames) {
  v1::Verdict verdict = TheFile();
  verdict.set_response_code(0);
  const auto kept = keeper_.Keep(File(kMd5), Purpose::kReport, ReplyOf(verdict),
                                 nullptr, false, kNow);
  EXPECT_TRUE(kept.aliases.empty());
  EXPECT_EQ(Cached(File(kSha256)), nullptr);
}

TEST_F(VerdictKeeperTest, HashesThatVirusTotalDoesNotSendAreLeftOut) {
  v1::Verdict verdict = TheFile();
  verdict.mutable_file()->clear_sha1();
  const auto kept = keeper_.Keep(File(kMd5), Purpose::kReport, ReplyOf(verdict),
                                 nullptr, false, kNow);
  EXPECT_THAT(kept.aliases, UnorderedElementsAre(File(kSha256)));
}

}  // namespace
}  // namespace vtlookup
