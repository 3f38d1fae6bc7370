// VirusTotal's API v3. What took one request in v2 may take several: an unknown
// URL is handed in by a second one, and the parts of a report that cost money
// are pages of their own.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/response_code.h"
#include "core/same_url.h"
#include "core/text.h"
#include "virustotal/api/dialect.h"
#include "virustotal/api/report_fields.h"
#include "virustotal/api/url_id.h"
#include "virustotal/http/failures.h"
#include "virustotal/http/url_encoding.h"
#include "virustotal/v3/error.h"
#include "virustotal/v3/report.h"
#include "virustotal/v3/request.h"

namespace vtlookup {
namespace {

constexpr int kPageSize = 40;  // the most that a relationship gives
// Parts that a key may be refused, by their names in API v3.
constexpr char kRelationships[] = "relationships";
constexpr char kSubmissions[] = "submissions";
constexpr char kUrls[] = "urls";
constexpr char kDownloadedFiles[] = "downloaded_files";

// What stands before a scan id, `<sha256>-<unix time>`, in the id of a URL's
// analysis.
constexpr char kUrlAnalysis[] = "u-";
constexpr int64_t kLatestTime = 253402300799;  // the end of the year 9999

bool IsNetwork(Kind kind) { return kind == Kind::kDomain || kind == Kind::kIp; }

// The type of object that tells about such an indicator.
std::string_view TypeOf(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "file";
    case Kind::kUrl:
      return "url";
    case Kind::kDomain:
      return "domain";
    case Kind::kIp:
      return "ip_address";
    case Kind::kUrlScan:
      return "analysis";
  }
  return "";
}

// `collection/id`.
std::string PathOf(const Indicator& indicator) {
  const std::string_view text = indicator.text();
  switch (indicator.kind()) {
    case Kind::kFile:
      return absl::StrCat("files/", ToAbsl(text));
    case Kind::kUrl:
      // Unpadded, and of the URL-safe alphabet: VirusTotal makes its own
      // canonical form of it.
      return absl::StrCat("urls/", absl::WebSafeBase64Escape(ToAbsl(text)));
    case Kind::kDomain:
      return absl::StrCat("domains/", EncodePathSegment(text));
    case Kind::kIp:
      return absl::StrCat("ip_addresses/", EncodePathSegment(text));
    case Kind::kUrlScan:
      return absl::StrCat("analyses/", kUrlAnalysis, ToAbsl(text));
  }
  return "";
}

// The texts that v2 sends in such a case, so that a caller sees no difference.
std::string_view FoundMessage(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "Scan finished, information embedded";
    case Kind::kDomain:
      return "Domain found in dataset";
    case Kind::kIp:
      return "IP address in dataset";
    default:
      return "Scan finished, scan information embedded in this object";
  }
}

std::string_view MissingMessage(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "The requested resource is not among the finished, queued or "
             "pending scans";
    case Kind::kDomain:
      return "Domain not found";
    case Kind::kIp:
      return "IP address not found in dataset";
    default:
      return "Resource does not exist in the dataset";
  }
}

std::string_view InvalidMessage(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "Invalid resource, check what you are submitting";
    case Kind::kDomain:
      return "Invalid domain";
    case Kind::kIp:
      return "Invalid IP address";
    default:
      return "Invalid URL, the scan request was not queued";
  }
}

constexpr std::string_view kQueuedMessage =
    "Your resource is queued for analysis";
constexpr std::string_view kSubmittedMessage =
    "Scan request successfully queued, come back later for the report";

OwnedVerdict Outcome(ResponseCode code, std::string_view message) {
  OwnedVerdict verdict;
  verdict->set_response_code(NumberOf(code));
  verdict->set_message(std::string(message));
  return verdict;
}

OwnedVerdict QueuedUrl(const Indicator& indicator, std::string_view message) {
  OwnedVerdict verdict = Outcome(ResponseCode::kQueued, message);
  verdict->mutable_url()->set_resource(std::string(indicator.text()));
  return verdict;
}

// Whether an object with this id, and with this URL in it (`told`, may be
// empty), is about the asked URL. The id is the hash of VirusTotal's canonical
// form; when the answer does not hold that form, the id can only be compared
// with the hashes of the forms that we know.
bool IsAboutUrl(std::string_view asked, std::string_view id,
                std::string_view told) {
  if (told.empty()) return CanBeIdOf(asked, id);
  return id == UrlIdOf(told) && IsSameUrl(asked, told);
}

// Each hash that the object has must be that of the file: its id is the
// SHA-256, and what was asked is one of the three.
bool IsAboutFile(std::string_view asked, std::string_view id,
                 const v1::FileReport& file) {
  if (!IsSha256(id)) return false;
  const auto agrees = [](std::string_view hash, std::string_view known) {
    return absl::EqualsIgnoreCase(ToAbsl(hash), ToAbsl(known));
  };
  if (!file.sha256().empty() && !agrees(file.sha256(), id)) return false;
  if (asked.size() == 64) return asked == id;
  return agrees(asked.size() == 40 ? file.sha1() : file.md5(), asked);
}

// Whether an analysis is the scan with this id, which holds the URL's hash and
// the time of the scan. `url_info`, if it was sent, must name the same URL.
bool IsAboutScan(std::string_view scan_id, const ObjectV3& object) {
  const std::string_view url_id = scan_id.substr(0, scan_id.find('-'));
  return object.id == absl::StrCat(kUrlAnalysis, ToAbsl(scan_id)) &&
         (object.item_id.empty() || object.item_id == url_id) &&
         (object.item_url.empty() || UrlIdOf(object.item_url) == url_id);
}

// Whether the object is about what was asked.
bool IsAbout(const Indicator& indicator, const ObjectV3& object) {
  if (object.type != TypeOf(indicator.kind())) return false;
  switch (indicator.kind()) {
    case Kind::kFile:
      return IsAboutFile(indicator.text(), object.id, object.verdict->file());
    case Kind::kDomain:
    case Kind::kIp: {
      const auto named = Indicator::Parse(indicator.kind(), object.id);
      return named.ok() && *named == indicator;
    }
    case Kind::kUrlScan:
      return IsAboutScan(indicator.text(), object);
    case Kind::kUrl:
      return IsAboutUrl(indicator.text(), object.id,
                        object.verdict->url().url());
  }
  return false;
}

// The permalink and the scan id, from the object's id.
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

// Turns what was sent into what it means.
absl::StatusOr<OwnedVerdict> Judge(const Indicator& indicator,
                                   ObjectV3 object) {
  if (!IsAbout(indicator, object)) {
    return BadAnswer("an object about something else");
  }
  if (object.bad_counts) {
    return BadAnswer("statistics that are not whole numbers");
  }
  const Kind kind = indicator.kind();
  OwnedVerdict owned = std::move(object.verdict);
  v1::Verdict& verdict = *owned;
  NameReport(indicator, object, &verdict);
  if (kind == Kind::kUrlScan && !object.item_url.empty()) {
    verdict.mutable_url()->set_url(object.item_url);
  }
  const bool pending = kind == Kind::kUrlScan && object.status != "completed";
  if (pending || (verdict.has_total() && verdict.total() == 0)) {
    verdict.clear_positives();
    verdict.clear_total();
    verdict.clear_report();
    verdict.set_response_code(NumberOf(ResponseCode::kQueued));
    verdict.set_message(std::string(kQueuedMessage));
  } else {
    if (!verdict.has_positives() && !IsNetwork(kind)) {
      // Taking it for a report would call it clean.
      return BadAnswer("a report without counts");
    }
    if (object.fields == 0 && !verdict.has_positives()) {
      return BadAnswer("a report without any content");
    }
    verdict.set_response_code(NumberOf(ResponseCode::kPresent));
    verdict.set_message(std::string(FoundMessage(kind)));
  }
  if (kind == Kind::kUrl || verdict.has_url()) {
    verdict.mutable_url()->set_resource(std::string(indicator.text()));
  }
  return owned;
}

// Reads the answer to the submission of a URL: an analysis that has just begun.
// Its id holds the hash of VirusTotal's canonical form of the URL, which we may
// not know. So a hash other than ours is no failure, as long as the answer
// names no other URL.
absl::StatusOr<OwnedVerdict> ReadSubmission(const Indicator& indicator,
                                            std::string body) {
  absl::StatusOr<ObjectV3> object = ReadObjectV3(indicator, std::move(body));
  if (!object.ok()) return object.status();
  absl::string_view scan_id = object->id;
  if (object->type != "analysis" ||
      !absl::ConsumePrefix(&scan_id, kUrlAnalysis)) {
    return BadAnswer("no analysis of a URL");
  }
  const std::string_view url_id = Sha256OfScanId(ToStd(scan_id));
  int64_t time = 0;
  if (url_id.empty() ||
      !absl::SimpleAtoi(scan_id.substr(url_id.size() + 1), &time) ||
      time > kLatestTime) {
    return BadAnswer("an analysis without a scan id");
  }
  if (!IsAboutScan(ToStd(scan_id), *object) ||
      (!object->item_url.empty() &&
       !IsSameUrl(indicator.text(), object->item_url))) {
    return BadAnswer("an analysis of something else");
  }
  OwnedVerdict verdict = QueuedUrl(indicator, kSubmittedMessage);
  verdict->set_scan_id(std::string(scan_id));
  verdict->mutable_scan_time()->set_seconds(time);
  verdict->set_permalink(
      absl::StrCat("https://www.virustotal.com/gui/url/", ToAbsl(url_id)));
  return verdict;
}

// Moves what some engine calls malicious to the one list, the rest to the
// other.
template <typename Detection, typename List>
void Divide(std::vector<Detection> items, List* detected, List* undetected) {
  for (Detection& item : items) {
    *(item.positives() > 0 ? detected : undetected)->Add() = std::move(item);
  }
}

template <typename Report>
void AddPage(PageV3<v1::UrlDetection> page, Report* report) {
  Divide(std::move(page.items), report->mutable_detected_urls(),
         report->mutable_undetected_urls());
  if (!page.cursor.empty()) return;
  NoteIfEmpty("detected_urls", report->detected_urls(), report);
  NoteIfEmpty("undetected_urls", report->undetected_urls(), report);
}

template <typename Report>
void AddPage(PageV3<v1::FileDetection> page, Report* report) {
  Divide(std::move(page.items), report->mutable_detected_downloaded_files(),
         report->mutable_undetected_downloaded_files());
  if (!page.cursor.empty()) return;
  NoteIfEmpty("detected_downloaded_files", report->detected_downloaded_files(),
              report);
  NoteIfEmpty("undetected_downloaded_files",
              report->undetected_downloaded_files(), report);
}

class DialogueV3 final : public Dialogue {
 public:
  DialogueV3(Access& access, const Indicator& indicator, Ask ask)
      : access_(access), indicator_(indicator), ask_(ask) {}

  HttpRequest Begin() override {
    return ask_ == Ask::kSubmit ? Submission() : Report();
  }

  Turn Take(absl::StatusOr<HttpResponse> response) override {
    switch (step_) {
      case Step::kReport:
        return TakeReport(std::move(response));
      case Step::kSubmission:
        return TakeSubmission(std::move(response));
      case Step::kPage:
        return TakePage(std::move(response));
    }
    return {};
  }

 private:
  // What the last request was for.
  enum class Step { kReport, kSubmission, kPage };

  HttpRequest Get(const std::string& path) const {
    return GetV3(access_.base_url, access_.api_key, path);
  }

  // With what comes along without another request, where the key may have it.
  HttpRequest Report() {
    step_ = Step::kReport;
    with_relationships_ = IsNetwork(indicator_.kind()) &&
                          !access_.refused.contains(kRelationships);
    std::string path = PathOf(indicator_);
    if (with_relationships_) {
      absl::StrAppend(&path, "?relationships=resolutions,communicating_files");
      if (indicator_.kind() == Kind::kDomain) {
        absl::StrAppend(&path, ",siblings,subdomains");
      }
    } else if (IsNetwork(indicator_.kind())) {
      left_out_.emplace_back(kRelationships);
    }
    return Get(path);
  }

  Turn TakeReport(absl::StatusOr<HttpResponse> response) {
    if (!response.ok()) return {.verdict = response.status()};
    if (response->status != 200) return TakeRefusal(ReadErrorV3(*response));
    absl::StatusOr<ObjectV3> object =
        ReadObjectV3(indicator_, std::move(response->body));
    if (!object.ok()) return {.verdict = object.status()};
    absl::StatusOr<OwnedVerdict> verdict =
        Judge(indicator_, *std::move(object));
    if (!verdict.ok()) return {.verdict = verdict.status()};
    verdict_ = *std::move(verdict);
    if (access_.premium && IsNetwork(indicator_.kind()) &&
        (*verdict_)->response_code() == 1) {
      parts_ = {kUrls, kDownloadedFiles};
    }
    return NextPart();
  }

  Turn TakeRefusal(const ErrorV3& error) {
    switch (error.kind) {
      case ErrorV3::Kind::kNotFound:
        verdict_ =
            Outcome(ResponseCode::kMissing, MissingMessage(indicator_.kind()));
        if (ask_ != Ask::kReportOrSubmit || indicator_.kind() != Kind::kUrl) {
          return {.verdict = *std::move(verdict_)};
        }
        if (access_.refused.contains(kSubmissions)) {
          return NotSubmitted(KeyNotAllowed());
        }
        return {.next = Submission()};
      case ErrorV3::Kind::kInvalidArgument:
        return {.verdict = Outcome(ResponseCode::kInvalid,
                                   InvalidMessage(indicator_.kind()))};
      case ErrorV3::Kind::kForbidden:
        if (!with_relationships_) return {.verdict = error.status};
        access_.refused.insert(kRelationships);
        return {.next = Report()};
      default:
        return {.verdict = error.status};
    }
  }

  HttpRequest Submission() {
    step_ = Step::kSubmission;
    HttpRequest request = Get("urls");
    request.form = EncodeForm({{"url", indicator_.text()}});
    return request;
  }

  Turn TakeSubmission(absl::StatusOr<HttpResponse> response) {
    absl::Status failure = response.status();
    if (response.ok() && response->status == 200) {
      absl::StatusOr<OwnedVerdict> verdict =
          ReadSubmission(indicator_, std::move(response->body));
      if (verdict.ok()) return {.verdict = std::move(verdict)};
      failure = verdict.status();
    } else if (response.ok()) {
      const ErrorV3 error = ReadErrorV3(*response);
      if (error.kind == ErrorV3::Kind::kInvalidArgument) {
        return {.verdict = Outcome(ResponseCode::kInvalid,
                                   InvalidMessage(Kind::kUrl))};
      }
      if (error.kind == ErrorV3::Kind::kAlreadyExists) {
        return {.verdict = QueuedUrl(indicator_, kQueuedMessage)};
      }
      if (error.kind == ErrorV3::Kind::kForbidden) {
        access_.refused.insert(kSubmissions);
      }
      failure = error.status;
    }
    if (ask_ == Ask::kSubmit) return {.verdict = failure};
    return NotSubmitted(failure);
  }

  // That the URL is not known was paid for, and is true all the same.
  Turn NotSubmitted(const absl::Status& failure) {
    absl::StrAppend(
        (*verdict_)->mutable_message(),
        "; it could not be handed in for a scan: ", failure.message());
    return {.verdict = *std::move(verdict_), .put_up_with = failure};
  }

  // Asks for the first page of the next part, or ends.
  Turn NextPart() {
    while (!parts_.empty() && access_.refused.contains(parts_.front())) {
      left_out_.push_back(parts_.front());
      parts_.erase(parts_.begin());
    }
    if (parts_.empty()) return End();
    pages_ = 0;
    return {.next = Page("")};
  }

  HttpRequest Page(std::string_view cursor) {
    step_ = Step::kPage;
    ++pages_;
    std::string path = absl::StrCat(PathOf(indicator_), "/", parts_.front(),
                                    "?limit=", kPageSize);
    if (!cursor.empty()) {
      absl::StrAppend(&path, "&", EncodeForm({{"cursor", cursor}}));
    }
    return Get(path);
  }

  Turn TakePage(absl::StatusOr<HttpResponse> response) {
    absl::Status failure = response.status();
    if (response.ok() && response->status == 200) {
      const absl::StatusOr<std::string> cursor =
          parts_.front() == kUrls
              ? AddPageOf(ReadUrlPageV3(std::move(response->body)))
              : AddPageOf(ReadFilePageV3(std::move(response->body)));
      if (cursor.ok()) {
        if (!cursor->empty() && pages_ < access_.premium_pages) {
          return {.next = Page(*cursor)};
        }
        parts_.erase(parts_.begin());
        return NextPart();
      }
      failure = cursor.status();
    } else if (response.ok()) {
      const ErrorV3 error = ReadErrorV3(*response);
      if (error.kind == ErrorV3::Kind::kForbidden) {
        access_.refused.insert(parts_.front());
        return NextPart();
      }
      failure = error.status;
    }
    // The rest would fail as well, and the core is paid for.
    left_out_.insert(left_out_.end(), parts_.begin(), parts_.end());
    Turn turn = End();
    turn.put_up_with = failure;
    return turn;
  }

  // The cursor of the next page.
  template <typename Page>
  absl::StatusOr<std::string> AddPageOf(absl::StatusOr<Page> page) {
    if (!page.ok()) return page.status();
    std::string cursor = page->cursor;
    if (indicator_.kind() == Kind::kDomain) {
      AddPage(*std::move(page), (*verdict_)->mutable_domain());
    } else {
      AddPage(*std::move(page), (*verdict_)->mutable_ip());
    }
    return cursor;
  }

  Turn End() {
    if ((*verdict_)->response_code() == ResponseCode::kPresent &&
        !left_out_.empty()) {
      absl::StrAppend((*verdict_)->mutable_message(), "; without ",
                      absl::StrJoin(left_out_, ", "),
                      ", which VirusTotal did not give");
    }
    return {.verdict = *std::move(verdict_)};
  }

  Access& access_;
  const Indicator indicator_;
  const Ask ask_;
  Step step_ = Step::kReport;
  bool with_relationships_ = false;
  // As far as it is known: set once the report was answered. Until then there
  // is nothing to keep 16 KiB for.
  std::optional<OwnedVerdict> verdict_;
  std::vector<std::string> parts_;  // the one that is read, and those to come
  std::vector<std::string> left_out_;  // for the message
  int pages_ = 0;                      // of parts_.front(), so far
};

absl::Status CanAsk(const Indicator& /*indicator*/) { return absl::OkStatus(); }

std::unique_ptr<Dialogue> Start(Access& access, const Indicator& indicator,
                                Ask ask) {
  return std::make_unique<DialogueV3>(access, indicator, ask);
}

}  // namespace

const Dialect kDialectV3 = {.can_ask = CanAsk, .start = Start};

}  // namespace vtlookup
