// Both APIs of vtsim tell the same facts. The verdicts of the two dialects must
// be equal, except for the differences that are listed here (and, for users, in
// docs/api-versions.md).

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/simulator.h"
#include "sim/text.h"
#include "tests/virustotal/api/dialogue_helpers.h"

namespace vtlookup {
namespace {

constexpr int64_t kNow = 1700000000;

HttpResponse AnswerOf(vtsim::Simulator& sim, const HttpRequest& request,
                      int64_t now) {
  std::map<std::string, std::string> headers;
  for (const std::string& header : request.headers) {
    const size_t colon = header.find(": ");
    headers[header.substr(0, colon)] = header.substr(colon + 2);
  }
  if (request.form.has_value()) {
    headers["Content-Type"] = "application/x-www-form-urlencoded";
  }
  const std::string target =
      request.url.substr(request.url.find('/', sizeof "https://"));
  const vtsim::Response response =
      sim.Answer(vtsim::MakeRequest(request.form.has_value() ? "POST" : "GET",
                                    target, headers, request.form.value_or("")),
                 now);
  return {.status = response.status, .retry_after = {}, .body = response.body};
}

// One API, with a vtsim of its own.
class Side {
 public:
  Side(const Dialect& dialect, bool premium)
      : dialect_(dialect),
        sim_({.premium = premium, .queue_seconds = 60}, recorded_),
        access_(TestAccess()) {
    access_.premium = premium;
  }

  absl::StatusOr<v1::Verdict> Fetch(const Indicator& indicator, Purpose purpose,
                                    int64_t now = kNow) {
    const auto dialogue = dialect_.start(access_, indicator, purpose);
    HttpRequest request = dialogue->Begin();
    while (true) {
      Dialogue::Step turn = dialogue->Take(AnswerOf(sim_, request, now));
      if (!turn.next.has_value()) {
        if (!turn.verdict.ok()) return turn.verdict.status();
        return **turn.verdict;
      }
      request = *std::move(turn.next);
    }
  }

 private:
  const Dialect& dialect_;
  vtsim::RecordedAnswers recorded_;
  vtsim::Simulator sim_;
  Access access_;
};

// --- The differences -------------------------------------------------------

// API v3 has counts and a scan time for domains and addresses; API v2 has none.
template <typename Report>
void DropWhatV2DoesNotSend(v1::Verdict* v3, Report* report) {
  v3->clear_positives();
  v3->clear_total();
  v3->clear_scan_time();
  report->clear_engines();
}

// Inline relationships of API v3 have only ids: they lack the times of
// resolutions and the counts of files, and do not separate detected files from
// undetected ones.
template <typename Report>
void DropWhatV3DoesNotSend(Report* v2, bool premium) {
  for (v1::Resolution& resolution : *v2->mutable_resolutions()) {
    resolution.clear_last_resolved();
  }
  for (const v1::FileDetection& file : v2->detected_communicating_files()) {
    v2->add_communicating_files()->set_sha256(file.sha256());
  }
  v2->clear_detected_communicating_files();
  if (premium) return;
  // Only premium keys get these.
  v2->clear_detected_urls();
  v2->clear_undetected_urls();
  v2->clear_detected_downloaded_files();
}

// Only API v2 leaves out the hash of a detected URL.
template <typename Report>
void DropDetectedUrlHashes(Report* v3) {
  for (v1::UrlDetection& url : *v3->mutable_detected_urls()) {
    url.clear_sha256();
  }
}

// API v2 sometimes sends the number of an autonomous system as text.
void WriteAsNumberAsText(v1::IpReport* report) {
  if (report->has_as_number()) {
    report->set_as_number_text(absl::StrCat(report->as_number()));
  }
}

// A result that is "phishing site" in API v2 is "phishing" in API v3.
void ShortenLabels(v1::UrlReport* v2) {
  for (v1::EngineResult& engine : *v2->mutable_engines()) {
    engine.set_result(std::string(absl::StripSuffix(engine.result(), " site")));
  }
}

// What VirusTotal says besides its engines is in API v3 only, unless the key is
// a private one.
void DropStatements(v1::Verdict* v3) {
  for (const char* name :
       {"counts", "reputation", "votes", "threat_label", "gti",
        "first_submitted", "last_submitted", "times_submitted", "tags", "names",
        "threat_categories", "threat_families", "sandbox_verdicts"}) {
    const auto* const field = v3->GetDescriptor()->FindFieldByName(name);
    ASSERT_NE(field, nullptr) << name;
    v3->GetReflection()->ClearField(v3, field);
  }
  if (v3->has_url()) {
    v3->mutable_url()->clear_title();
    v3->mutable_url()->clear_final_url();
  }
  if (v3->has_domain()) {
    v3->mutable_domain()->clear_registrar();
    v3->mutable_domain()->clear_created();
  }
  if (v3->has_ip()) v3->mutable_ip()->clear_registry();
  if (v3->has_file()) {
    v3->mutable_file()->clear_type();
    v3->mutable_file()->clear_size();
    v3->mutable_file()->clear_name();
  }
}

void Equalise(Kind kind, bool premium, v1::Verdict* v2, v1::Verdict* v3) {
  // The permalinks differ, and API v3 has a page for each kind.
  if (v3->response_code() == 1) {
    EXPECT_TRUE(
        absl::StartsWith(v3->permalink(), "https://www.virustotal.com/gui/"));
  }
  v2->clear_permalink();
  v3->clear_permalink();
  DropStatements(v3);
  if (v2->response_code() == -2) {
    // For a queued item API v3 names the scan only if the request asked for a
    // scan.
    if (v3->scan_id().empty()) {
      v2->clear_scan_id();
      v2->clear_scan_time();
    } else if (v2->scan_time().seconds() == 0) {
      v3->clear_scan_time();
    }
    // Both APIs may name the URL, or only one of them.
    v2->clear_report();
    v3->clear_report();
  }
  if (v2->response_code() != 1) return;
  // The APIs send different lists, and so different empty lists.
  for (v1::Verdict* const verdict : {v2, v3}) {
    if (verdict->has_domain()) verdict->mutable_domain()->clear_empty_lists();
    if (verdict->has_ip()) verdict->mutable_ip()->clear_empty_lists();
  }
  if (kind == Kind::kDomain) {
    DropWhatV2DoesNotSend(v3, v3->mutable_domain());
    DropWhatV3DoesNotSend(v2->mutable_domain(), premium);
    DropDetectedUrlHashes(v3->mutable_domain());
  } else if (kind == Kind::kIp) {
    DropWhatV2DoesNotSend(v3, v3->mutable_ip());
    DropWhatV3DoesNotSend(v2->mutable_ip(), premium);
    DropDetectedUrlHashes(v3->mutable_ip());
    WriteAsNumberAsText(v2->mutable_ip());
    WriteAsNumberAsText(v3->mutable_ip());
  } else if (kind == Kind::kUrl || kind == Kind::kUrlScan) {
    ShortenLabels(v2->mutable_url());
  }
}

// ---------------------------------------------------------------------------

void ExpectSame(Kind kind, bool premium, absl::StatusOr<v1::Verdict> v2,
                absl::StatusOr<v1::Verdict> v3) {
  ASSERT_TRUE(v2.ok()) << v2.status();
  ASSERT_TRUE(v3.ok()) << v3.status();
  EXPECT_EQ(v2->response_code(), v3->response_code());
  Equalise(kind, premium, &*v2, &*v3);
  std::string difference;
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&difference);
  EXPECT_TRUE(differencer.Compare(*v2, *v3)) << difference;
}

std::vector<Indicator> Generate(Kind kind, int count) {
  std::vector<Indicator> all;
  for (int i = 0; i < count; ++i) {
    const std::string hash = vtsim::Sha256Hex(absl::StrCat(kind, ":", i));
    std::string text;
    switch (kind) {
      case Kind::kUrl:
        text = absl::StrCat(i % 3 == 0 ? "" : "HTTPS://", "Host", i, ".Example",
                            i % 5 == 0 ? "" : "/Pfad/ä b?q=",
                            i % 5 == 0 ? "" : hash.substr(0, 8),
                            i % 7 == 0 ? "#part" : "");
        break;
      case Kind::kDomain:
        text = absl::StrCat(i % 4 == 0 ? "bücher" : "d", i, ".example");
        break;
      case Kind::kIp:
        text = absl::StrCat("93.184.", i / 256, ".", i % 256);
        break;
      default:
        text = hash.substr(0, i % 3 == 0 ? 32 : i % 3 == 1 ? 40 : 64);
    }
    const auto indicator = Indicator::Parse(kind, text);
    EXPECT_TRUE(indicator.ok()) << text << indicator.status();
    if (indicator.ok()) all.push_back(*indicator);
  }
  return all;
}

class ParityTest : public testing::TestWithParam<bool> {};

TEST_P(ParityTest, ReportsAreTheSame) {
  const bool premium = GetParam();
  Side v2(kDialectV2, premium);
  Side v3(kDialectV3, premium);
  std::map<std::pair<Kind, int>, int> seen;
  for (const Kind kind : {Kind::kUrl, Kind::kDomain, Kind::kIp, Kind::kFile}) {
    for (const Indicator& indicator : Generate(kind, 200)) {
      SCOPED_TRACE(indicator.text());
      auto told = v2.Fetch(indicator, Purpose::kReport);
      if (told.ok()) ++seen[{kind, told->response_code()}];
      ExpectSame(kind, premium, std::move(told),
                 v3.Fetch(indicator, Purpose::kReport));
    }
  }
  // The answers had facts of several kinds.
  for (const Kind kind : {Kind::kUrl, Kind::kDomain, Kind::kIp, Kind::kFile}) {
    EXPECT_GE((seen[{kind, 1}]), 50);
    EXPECT_GE((seen[{kind, 0}]), 5);
  }
  EXPECT_GE((seen[{Kind::kUrl, -2}] + seen[{Kind::kFile, -2}]), 5);
}

TEST_P(ParityTest, ScansAreTheSameFromSubmissionToReport) {
  const bool premium = GetParam();
  Side v2(kDialectV2, premium);
  Side v3(kDialectV3, premium);
  int submitted = 0;
  for (const Indicator& url : Generate(Kind::kUrl, 100)) {
    SCOPED_TRACE(url.text());
    const auto first = v2.Fetch(url, Purpose::kReportOrSubmit);
    const auto third = v3.Fetch(url, Purpose::kReportOrSubmit);
    ASSERT_TRUE(first.ok() && third.ok());
    const bool both_told =
        !first->scan_id().empty() && !third->scan_id().empty();
    if (both_told) {
      EXPECT_EQ(first->scan_id(), third->scan_id());
    }
    ExpectSame(Kind::kUrl, premium, first, third);
    if (!both_told || first->response_code() != -2) continue;
    ++submitted;
    const Indicator scan = *Indicator::Parse(Kind::kUrlScan, first->scan_id());
    for (const int64_t wait : {1, 59, 60, 3600}) {
      SCOPED_TRACE(wait);
      ExpectSame(Kind::kUrl, premium,
                 v2.Fetch(url, Purpose::kReport, kNow + wait),
                 v3.Fetch(url, Purpose::kReport, kNow + wait));
      ExpectSame(Kind::kUrlScan, premium,
                 v2.Fetch(scan, Purpose::kReport, kNow + wait),
                 v3.Fetch(scan, Purpose::kReport, kNow + wait));
    }
    const auto again = v2.Fetch(url, Purpose::kSubmit, kNow + 4000);
    ExpectSame(Kind::kUrl, premium, again,
               v3.Fetch(url, Purpose::kSubmit, kNow + 4000));
    EXPECT_EQ(again->response_code(), -2);
  }
  EXPECT_GE(submitted, 5);
}

INSTANTIATE_TEST_SUITE_P(PublicAndPremium, ParityTest, testing::Bool(),
                         [](const auto& item) {
                           return item.param ? "Premium" : "Public";
                         });

}  // namespace
}  // namespace vtlookup
