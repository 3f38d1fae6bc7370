// What becomes of an object of API v3. The ids are sha256sum's.

#include "virustotal/v3/judge.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "tests/virustotal/api/answer_helpers.h"

namespace vtlookup {
namespace {

ObjectV3 Named(std::string type, std::string id) {
  ObjectV3 object;
  object.type = std::move(type);
  object.id = std::move(id);
  return object;
}

ObjectV3 Counted(ObjectV3 object, uint32_t positives, uint32_t total) {
  object.verdict->set_positives(positives);
  object.verdict->set_total(total);
  return object;
}

// The code of the verdict, or the last words of the failure.
std::string Told(const absl::StatusOr<OwnedVerdict>& verdict) {
  if (verdict.ok()) return std::to_string((*verdict)->response_code());
  EXPECT_TRUE(absl::IsUnavailable(verdict.status())) << verdict.status();
  const std::string message(verdict.status().message());
  return message.substr(message.rfind(": ") + 2);
}

TEST(JudgeV3, AReportHasNamesOfItsOwn) {
  ObjectV3 object = Counted(Named("url", kEvilId), 2, 60);
  object.verdict->mutable_scan_time()->set_seconds(1700000000);
  const auto judged = JudgeV3(Evil(), std::move(object));
  ASSERT_TRUE(judged.ok()) << judged.status();
  const v1::Verdict& verdict = **judged;
  EXPECT_EQ(verdict.response_code(), 1);
  EXPECT_EQ(verdict.positives(), 2);
  EXPECT_EQ(verdict.scan_id(), std::string(kEvilId) + "-1700000000");
  EXPECT_EQ(verdict.permalink(),
            std::string("https://www.virustotal.com/gui/url/") + kEvilId);
  EXPECT_EQ(verdict.url().resource(), kEvil);
}

TEST(JudgeV3, WhatMakesNoSenseIsNoReport) {
  EXPECT_EQ(Told(JudgeV3(Evil(), Counted(Named("url", kOtherId), 2, 60))),
            "the object is about another indicator");
  ObjectV3 bad = Counted(Named("url", kEvilId), 2, 60);
  bad.bad_counts = true;
  EXPECT_EQ(Told(JudgeV3(Evil(), std::move(bad))),
            "a count in the statistics is not a whole number");
}

// Taking it for a report would call it clean.
TEST(JudgeV3, UrlsAndFilesNeedCounts) {
  EXPECT_EQ(Told(JudgeV3(Evil(), Named("url", kEvilId))),
            "the report has no counts");
  const std::string hash(64, 'a');
  ObjectV3 file = Named("file", hash);
  file.fields = 3;
  EXPECT_EQ(Told(JudgeV3(Of(Kind::kFile, hash), std::move(file))),
            "the report has no counts");
}

TEST(JudgeV3, DomainsNeedCountsOrSomeField) {
  const Indicator domain = Of(Kind::kDomain, "a.com");
  EXPECT_EQ(Told(JudgeV3(domain, Named("domain", "a.com"))),
            "the report has no content");
  EXPECT_EQ(Told(JudgeV3(domain, Counted(Named("domain", "a.com"), 0, 60))),
            "1");
  ObjectV3 object = Named("domain", "a.com");
  object.fields = 1;
  EXPECT_EQ(Told(JudgeV3(domain, std::move(object))), "1");
}

TEST(JudgeV3, NoEngineHasLookedYet) {
  ObjectV3 object = Counted(Named("url", kEvilId), 0, 0);
  object.verdict->mutable_url()->set_url(kEvil);
  const auto judged = JudgeV3(Evil(), std::move(object));
  EXPECT_EQ(Told(judged), "-2");
  EXPECT_FALSE((*judged)->has_total());
  EXPECT_FALSE((*judged)->has_positives());
  EXPECT_EQ((*judged)->url().url(), "") << "there is no report";
  EXPECT_EQ((*judged)->url().resource(), kEvil);
}

// What an object without an opinion of any engine is: analysed, taken in for an
// analysis, or no report at all.
struct NoOpinion {
  const char* what;
  bool counts;  // statistics, all zero
  bool date;    // of an analysis
  bool submitted;
  const char* told;
};
constexpr NoOpinion kNoOpinions[] = {
    {"only a gti_assessment", false, true, false, "1"},
    {"and taken in again", false, true, true, "1"},
    {"all engines unsupported or timed out", true, true, false, "1"},
    {"taken in, nothing else is known", false, false, true, "-2"},
    {"taken in, counts are still zero", true, false, true, "-2"},
    {"counts are still zero", true, false, false, "-2"},
    {"nothing", false, false, false, "the report has no counts"},
};

ObjectV3 Without(const NoOpinion& row, std::string type, std::string id) {
  ObjectV3 object = Named(std::move(type), std::move(id));
  if (row.counts) object = Counted(std::move(object), 0, 0);
  object.has_statistics = row.counts;
  if (row.submitted) {
    object.verdict->mutable_last_submitted()->set_seconds(1700000000);
  }
  if (row.date) object.verdict->mutable_scan_time()->set_seconds(1700000000);
  return object;
}

TEST(JudgeV3, WithoutAnyOpinionTheDatesDecide) {
  const std::string hash(64, 'a');
  for (const NoOpinion& row : kNoOpinions) {
    for (const auto& judged :
         {JudgeV3(Evil(), Without(row, "url", kEvilId)),
          JudgeV3(Of(Kind::kFile, hash), Without(row, "file", hash))}) {
      EXPECT_EQ(Told(judged), row.told) << row.what;
      if (std::string(row.told) == "-2" && row.submitted) {
        EXPECT_EQ((*judged)->scan_time().seconds(), 1700000000) << row.what;
        EXPECT_TRUE((*judged)->scan_id().ends_with("-1700000000")) << row.what;
      }
      if (std::string(row.told) != "1") continue;
      EXPECT_TRUE((*judged)->has_total()) << row.what;
      EXPECT_EQ((*judged)->total(), 0U) << row.what;
    }
  }
}

// Domains and addresses are not analysed on demand.
TEST(JudgeV3, ADomainWithoutOpinionsKeepsItsReport) {
  ObjectV3 object = Counted(Named("domain", "a.com"), 0, 0);
  object.has_statistics = true;
  object.fields = 1;
  object.verdict->mutable_domain()->set_whois("Registrar: R");
  const auto judged = JudgeV3(Of(Kind::kDomain, "a.com"), std::move(object));
  EXPECT_EQ(Told(judged), "1");
  EXPECT_EQ((*judged)->domain().whois(), "Registrar: R");
  EXPECT_EQ((*judged)->total(), 0U);
}

// Zero would call it clean although an engine does not.
TEST(JudgeV3, OpinionsThatTheStatisticsDoNotHaveAreNoReport) {
  for (const bool counts : {false, true}) {
    ObjectV3 object = Without({.what = "",
                               .counts = counts,
                               .date = true,
                               .submitted = false,
                               .told = ""},
                              "url", kEvilId);
    object.verdict->mutable_url()->add_engines()->set_detected(true);
    EXPECT_EQ(Told(JudgeV3(Evil(), std::move(object))),
              "there are results of engines, but the counts in "
              "last_analysis_stats are missing or zero");
  }
  ObjectV3 object = Without({.what = "statistics without a count of malicious",
                             .counts = false,
                             .date = true,
                             .submitted = false,
                             .told = ""},
                            "url", kEvilId);
  object.has_statistics = true;
  EXPECT_EQ(Told(JudgeV3(Evil(), std::move(object))),
            "the report has no counts");
}

TEST(JudgeV3, AScanIsQueuedUntilItIsCompleted) {
  const std::string id = std::string(kEvilId) + "-7";
  const Indicator scan = Of(Kind::kUrlScan, id);
  for (const char* status : {"queued", "in-progress", "", "completed"}) {
    ObjectV3 object = Counted(Named("analysis", "u-" + id), 2, 60);
    object.status = status;
    object.item_url = kEvil;
    const bool done = object.status == "completed";
    const auto judged = JudgeV3(scan, std::move(object));
    EXPECT_EQ(Told(judged), done ? "1" : "-2") << status;
    EXPECT_EQ((*judged)->has_positives(), done) << status;
    EXPECT_EQ((*judged)->scan_id(), id);
    EXPECT_EQ((*judged)->permalink(),
              std::string("https://www.virustotal.com/gui/url/") + kEvilId);
  }
}

TEST(JudgeV3, ASubmissionIsQueuedUnderItsScanId) {
  const auto judged = JudgeSubmissionV3(
      Evil(), Named("analysis", std::string("u-") + kEvilId + "-1700000000"));
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ((*judged)->response_code(), -2);
  EXPECT_EQ((*judged)->scan_id(), std::string(kEvilId) + "-1700000000");
  EXPECT_EQ((*judged)->scan_time().seconds(), 1700000000);
  EXPECT_EQ((*judged)->url().resource(), kEvil);
}

// VirusTotal's canonical form of the URL may differ from ours.
TEST(JudgeV3, ASubmissionMayHaveAnotherHashButNotAnotherUrl) {
  const std::string id = std::string("u-") + kOtherId + "-7";
  EXPECT_EQ(Told(JudgeSubmissionV3(Evil(), Named("analysis", id))), "-2");
  ObjectV3 other = Named("analysis", id);
  other.item_url = kOther;
  EXPECT_EQ(Told(JudgeSubmissionV3(Evil(), other)),
            "the analysis is about another URL");
}

TEST(JudgeV3, ASubmissionWithoutAScanIdIsNone) {
  const std::string hash = kEvilId;
  for (const std::string& id :
       {std::string("u-x-7"), "u-" + hash, "u-" + hash + "-x",
        "u-" + hash + "-253402300800", "u-" + hash + "-99999999999999999999"}) {
    EXPECT_EQ(Told(JudgeSubmissionV3(Evil(), Named("analysis", id))),
              "the analysis has no scan id")
        << id;
  }
  EXPECT_EQ(Told(JudgeSubmissionV3(Evil(), Named("analysis", hash + "-7"))),
            "the object is not an analysis of a URL");
  EXPECT_EQ(Told(JudgeSubmissionV3(Evil(), Named("url", "u-" + hash + "-7"))),
            "the object is not an analysis of a URL");
}

}  // namespace
}  // namespace vtlookup
