// Lookups that also ask for the report as VirusTotal sent it.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "core/raw_report.h"
#include "core/response_code.h"
#include "server/config/yaml.h"
#include "tests/scenarios/apis.h"
#include "tests/scenarios/world.h"

namespace vtlookup {
namespace {

const char kMd5[] = "44d88612fea8a8f36de82e1278abb02f";
const char kSha256[] =
    "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";

class RawLookupTest : public testing::TestWithParam<v1::VirusTotalApi> {
 protected:
  static v1::Config ConfigFor(v1::VirusTotalApi api) {
    v1::Config config;
    ApplyDefaults(&config);
    config.mutable_virustotal()->set_api(api);
    config.mutable_virustotal()->clear_quota();
    return config;
  }

  // Asks, and answers VirusTotal's part if it is asked.
  Answer LookUp(Kind kind, const std::string& text, const Want& want) {
    Answer got;
    bool answered = false;
    const auto take = [&](absl::StatusOr<Answer> answer) {
      ASSERT_TRUE(answer.ok()) << answer.status();
      got = *std::move(answer);
      answered = true;
    };
    FastPath::Outcome outcome =
        world_.front.Try({kind, text}, want, lasting_.clock.Now());
    if (auto* const miss = std::get_if<Miss>(&outcome)) {
      world_.resolver.Resolve(world_.resolver.ReserveIds(1), std::move(*miss),
                              take);
      world_.loop.RunPosted();
      AnswerRequests();
    } else {
      take(std::get<Answer>(std::move(outcome)));
    }
    EXPECT_TRUE(answered);
    return got;
  }
  Answer Raw(Kind kind, const std::string& text) {
    return LookUp(kind, text, {.raw = true});
  }

  void AnswerRequests() {
    while (!world_.http.pending.empty()) {
      auto request = std::move(world_.http.pending.front());
      world_.http.pending.pop_front();
      HttpResponse response =
          world_.answers.Report(world_.answers.Read(request.request),
                                {.code = code_, .hashes = hashes_});
      sent_ = response.body;
      std::move(request.done)(std::move(response));
      world_.loop.RunPosted();
    }
  }
  std::string api() const {
    return GetParam() == v1::VIRUS_TOTAL_API_V2 ? "v2" : "v3";
  }

  const v1::Config config_ = ConfigFor(GetParam());
  Lasting lasting_;
  World world_{config_, lasting_};
  int code_ = 1;
  std::map<std::string, std::string> hashes_;
  std::string sent_;  // the last answer of VirusTotal
};

TEST_P(RawLookupTest, AnAnswerHasTheReportAsItCame) {
  const Answer first = Raw(Kind::kDomain, "a.com");
  ASSERT_NE(first.raw, nullptr);
  EXPECT_EQ(JsonOfRaw(*first.raw), sent_);
  EXPECT_EQ(ApiOfRaw(*first.raw), api());
  for (int again = 0; again < 3; ++again) {
    const Answer cached = Raw(Kind::kDomain, "a.com");
    EXPECT_EQ(cached.source, v1::SOURCE_MEMORY);
    ASSERT_NE(cached.raw, nullptr) << again;
    EXPECT_EQ(*cached.raw, *first.raw);
  }
  EXPECT_EQ(world_.http.started, 1);
  EXPECT_EQ(lasting_.raw_disk->reads, 2) << "from then on memory has it";
}

TEST_P(RawLookupTest, OtherLookupsGetNoReport) {
  EXPECT_EQ(LookUp(Kind::kDomain, "a.com", {}).raw, nullptr);
  EXPECT_EQ(world_.http.started, 1);
  EXPECT_NE(Raw(Kind::kDomain, "a.com").raw, nullptr) << "it was kept";
}

TEST_P(RawLookupTest, OtherLookupsNeverReadReports) {
  Raw(Kind::kDomain, "a.com");
  const int reads = lasting_.raw_disk->reads;
  EXPECT_EQ(LookUp(Kind::kDomain, "a.com", {}).raw, nullptr);
  EXPECT_EQ(lasting_.raw_disk->reads, reads);
}

TEST_P(RawLookupTest, AReportBelongsToItsVerdictOnly) {
  Raw(Kind::kDomain, "a.com");
  Raw(Kind::kDomain, "a.com");
  lasting_.clock.Advance(absl::Hours(48));
  const Answer later = Raw(Kind::kDomain, "a.com");
  EXPECT_EQ(later.source, v1::SOURCE_VIRUSTOTAL);
  ASSERT_NE(later.raw, nullptr);
  EXPECT_EQ(JsonOfRaw(*later.raw), sent_);
  // The database loses what it has: the verdict then has no report, rather
  // than an old one.
  lasting_.clock.Advance(absl::Hours(48));
  Raw(Kind::kDomain, "a.com");
  lasting_.raw_disk->entries.clear();
  EXPECT_EQ(Raw(Kind::kDomain, "a.com").raw, nullptr);
}

TEST_P(RawLookupTest, AFileHasOneReportForAllItsHashes) {
  hashes_ = {{"sha256", kSha256}};
  const Answer by_md5 = Raw(Kind::kFile, kMd5);
  ASSERT_NE(by_md5.raw, nullptr);
  const Answer by_sha256 = Raw(Kind::kFile, kSha256);
  ASSERT_NE(by_sha256.raw, nullptr);
  EXPECT_EQ(*by_sha256.raw, *by_md5.raw);
  EXPECT_EQ(world_.http.started, 1);
  EXPECT_EQ(lasting_.raw_disk->entries.size(), 1);
}

TEST_P(RawLookupTest, WhatIsNoReportHasNone) {
  code_ = 0;
  EXPECT_EQ(Raw(Kind::kDomain, "missing.com").raw, nullptr);
  EXPECT_EQ(Raw(Kind::kDomain, "missing.com").raw, nullptr);
  EXPECT_EQ(Raw(Kind::kIp, "10.0.0.1").source, v1::SOURCE_LOCAL);
}

TEST_P(RawLookupTest, ABrokenDiskLosesReportsAndNoVerdicts) {
  lasting_.raw_disk->broken = true;
  Raw(Kind::kDomain, "a.com");
  const Answer cached = Raw(Kind::kDomain, "a.com");
  EXPECT_EQ(CodeOf(cached.entry), ResponseCode::kPresent);
  EXPECT_EQ(world_.http.started, 1);
}

INSTANTIATE_TEST_SUITE_P(BothApis, RawLookupTest, kBothApis, NameOfApi);

}  // namespace
}  // namespace vtlookup
