#include "virustotal/v3/judge.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/same_url.h"
#include "core/text.h"
#include "virustotal/api/url_id.h"
#include "virustotal/http/failures.h"
#include "virustotal/http/url_encoding.h"
#include "virustotal/v3/about.h"
#include "virustotal/v3/messages.h"
#include "virustotal/v3/objects.h"

namespace vtlookup {
namespace {

constexpr int64_t kLatestTime = 253402300799;  // the end of the year 9999

// Sets the permalink and the scan id, which follow from the object's id.
void NameReport(const Indicator& indicator, const ObjectV3& object,
                v1::Verdict* verdict) {
  std::string_view id = object.id;
  const char* page = "url";
  switch (indicator.kind()) {
    case Kind::kFile:
      page = "file";
      break;
    case Kind::kDomain:
      page = "domain";
      break;
    case Kind::kIp:
      page = "ip-address";
      break;
    case Kind::kUrlScan:
      id = object.item_id.empty() ? indicator.text().substr(0, 64)
                                  : std::string_view(object.item_id);
      break;
    case Kind::kUrl:
      break;
  }
  verdict->set_permalink(absl::StrCat("https://www.virustotal.com/gui/", page,
                                      "/", EncodePathSegment(id)));
  if (indicator.kind() == Kind::kUrlScan) {
    verdict->set_scan_id(std::string(indicator.text()));
  } else if (IsSha256(id) && verdict->has_scan_time()) {
    verdict->set_scan_id(
        absl::StrCat(ToAbsl(id), "-", verdict->scan_time().seconds()));
  }
}

int OpinionsIn(const v1::Verdict& verdict) {
  return verdict.url().engines_size() + verdict.file().engines_size() +
         verdict.domain().engines_size() + verdict.ip().engines_size();
}

// Whether VirusTotal has an analysis under way or ahead. Domains and addresses
// are not analysed on demand, so their reports are as complete as they will be.
// A URL or file was taken in when it has no date of an analysis, but a
// submission, or statistics that are still zero.
bool IsPending(Kind kind, const ObjectV3& object) {
  if (kind == Kind::kUrlScan) return object.status != "completed";
  const v1::Verdict& verdict = *object.verdict;
  return !IsNetworkV3(kind) && verdict.total() == 0 &&
         !verdict.has_scan_time() &&
         (verdict.has_last_submitted() || verdict.has_total());
}

}  // namespace

absl::StatusOr<OwnedVerdict> JudgeV3(const Indicator& indicator,
                                     ObjectV3 object) {
  if (!IsAboutV3(indicator, object)) {
    return BadAnswer("the object is about another indicator");
  }
  if (object.bad_counts) {
    return BadAnswer("a count in the statistics is not a whole number");
  }
  const Kind kind = indicator.kind();
  const bool pending = IsPending(kind, object);
  OwnedVerdict owned = std::move(object.verdict);
  v1::Verdict& verdict = *owned;
  if (pending && !verdict.has_scan_time() && verdict.has_last_submitted()) {
    *verdict.mutable_scan_time() = verdict.last_submitted();
  }
  NameReport(indicator, object, &verdict);
  if (kind == Kind::kUrlScan && !object.item_url.empty()) {
    verdict.mutable_url()->set_url(object.item_url);
  }
  if (pending) {
    verdict.clear_positives();
    verdict.clear_total();
    verdict.clear_counts();
    verdict.clear_report();
    verdict.set_response_code(NumberOf(ResponseCode::kQueued));
    verdict.set_message(std::string(kQueuedMessageV3));
  } else {
    if (verdict.total() == 0 && OpinionsIn(verdict) > 0) {
      return BadAnswer(
          "there are results of engines, but the counts in last_analysis_stats "
          "are missing or zero");
    }
    if (!verdict.has_positives()) {
      if (!object.has_statistics && verdict.has_scan_time()) {
        // Analysed, and no engine had an opinion.
        verdict.set_positives(0);
        verdict.set_total(0);
      } else if (!IsNetworkV3(kind)) {
        // Taking this for a report would call the item clean.
        return BadAnswer("the report has no counts");
      }
    }
    if (object.fields == 0 && !verdict.has_positives()) {
      return BadAnswer("the report has no content");
    }
    verdict.set_response_code(NumberOf(ResponseCode::kPresent));
    verdict.set_message(std::string(FoundMessageV3(kind)));
  }
  if (kind == Kind::kUrl || verdict.has_url()) {
    verdict.mutable_url()->set_resource(std::string(indicator.text()));
  }
  return owned;
}

// The id holds the hash of VirusTotal's canonical form of the URL, and we may
// not know that form. So a hash other than ours is no failure, unless the
// answer also names a URL and that is another one.
absl::StatusOr<OwnedVerdict> JudgeSubmissionV3(const Indicator& indicator,
                                               const ObjectV3& object) {
  absl::string_view scan_id = object.id;
  if (object.type != "analysis" ||
      !absl::ConsumePrefix(&scan_id, kUrlAnalysisV3)) {
    return BadAnswer("the object is not an analysis of a URL");
  }
  const std::string_view url_id = Sha256OfScanId(ToStd(scan_id));
  int64_t time = 0;
  if (url_id.empty() ||
      !absl::SimpleAtoi(scan_id.substr(url_id.size() + 1), &time) ||
      time > kLatestTime) {
    return BadAnswer("the analysis has no scan id");
  }
  if (!IsAboutScanV3(ToStd(scan_id), object) ||
      (!object.item_url.empty() &&
       !IsSameUrl(indicator.text(), object.item_url))) {
    return BadAnswer("the analysis is about another URL");
  }
  OwnedVerdict verdict = QueuedUrlV3(indicator, kSubmittedMessageV3);
  verdict->set_scan_id(std::string(scan_id));
  verdict->mutable_scan_time()->set_seconds(time);
  verdict->set_permalink(
      absl::StrCat("https://www.virustotal.com/gui/url/", ToAbsl(url_id)));
  return verdict;
}

OwnedVerdict BareVerdictV3(ResponseCode code, std::string_view message) {
  OwnedVerdict verdict;
  verdict->set_response_code(NumberOf(code));
  verdict->set_message(std::string(message));
  return verdict;
}

OwnedVerdict QueuedUrlV3(const Indicator& indicator, std::string_view message) {
  OwnedVerdict verdict = BareVerdictV3(ResponseCode::kQueued, message);
  verdict->mutable_url()->set_resource(std::string(indicator.text()));
  return verdict;
}

}  // namespace vtlookup
