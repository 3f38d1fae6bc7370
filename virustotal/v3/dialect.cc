// A fetch that takes one request in API v2 may take several in API v3: a second
// request submits an unknown URL, and the parts of a report that only premium
// keys get are pages, each with a request of its own.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/raw_report.h"
#include "core/response_code.h"
#include "virustotal/api/dialect.h"
#include "virustotal/http/failures.h"
#include "virustotal/http/url_encoding.h"
#include "virustotal/v3/error.h"
#include "virustotal/v3/judge.h"
#include "virustotal/v3/messages.h"
#include "virustotal/v3/objects.h"
#include "virustotal/v3/page.h"
#include "virustotal/v3/report.h"
#include "virustotal/v3/request.h"

namespace vtlookup {
namespace {

constexpr int kPageSize = 40;  // the most that VirusTotal allows
// The parts that VirusTotal may refuse to a key (Access::refused).
constexpr char kRelationships[] = "relationships";
constexpr char kSubmissions[] = "submissions";
constexpr char kUrls[] = "urls";
constexpr char kDownloadedFiles[] = "downloaded_files";

absl::StatusOr<OwnedVerdict> ReadSubmission(const Indicator& indicator,
                                            std::string body) {
  absl::StatusOr<ObjectV3> object = ReadObjectV3(indicator, std::move(body));
  if (!object.ok()) return object.status();
  return JudgeSubmissionV3(indicator, *object);
}

class DialogueV3 final : public Dialogue {
 public:
  DialogueV3(Access& access, const Indicator& indicator, Purpose purpose)
      : access_(access), indicator_(indicator), purpose_(purpose) {}

  HttpRequest Begin() override {
    return purpose_ == Purpose::kSubmit ? Submission() : Report();
  }

  Step Take(absl::StatusOr<HttpResponse> response) override {
    switch (stage_) {
      case Stage::kReport:
        return TakeReport(std::move(response));
      case Stage::kSubmission:
        return TakeSubmission(std::move(response));
      case Stage::kPage:
        return TakePage(std::move(response));
    }
    return {};
  }

 private:
  // The purpose of the last request.
  enum class Stage { kReport, kSubmission, kPage };

  HttpRequest Get(const std::string& path) const {
    return GetV3(access_.base_url, access_.api_key, path);
  }

  // Also asks for the relationships that come without another request, unless
  // VirusTotal has refused them to this key.
  HttpRequest Report() {
    stage_ = Stage::kReport;
    with_relationships_ = IsNetworkV3(indicator_.kind()) &&
                          !access_.refused.contains(kRelationships);
    std::string path = ObjectPathV3(indicator_);
    if (with_relationships_) {
      absl::StrAppend(&path, "?relationships=resolutions,communicating_files");
      if (indicator_.kind() == Kind::kDomain) {
        absl::StrAppend(&path, ",siblings,subdomains");
      }
    } else if (IsNetworkV3(indicator_.kind())) {
      left_out_.emplace_back(kRelationships);
    }
    return Get(path);
  }

  Step TakeReport(absl::StatusOr<HttpResponse> response) {
    if (!response.ok()) return {.verdict = response.status()};
    if (response->status != 200) return TakeRefusal(ReadErrorV3(*response));
    raw_ = RawReport('3', response->body);
    absl::StatusOr<ObjectV3> object =
        ReadObjectV3(indicator_, std::move(response->body));
    if (!object.ok()) return {.verdict = object.status()};
    absl::StatusOr<OwnedVerdict> verdict =
        JudgeV3(indicator_, *std::move(object));
    if (!verdict.ok()) return {.verdict = verdict.status()};
    verdict_ = *std::move(verdict);
    if (access_.premium && IsNetworkV3(indicator_.kind()) &&
        (*verdict_)->response_code() == ResponseCode::kPresent) {
      parts_ = {kUrls, kDownloadedFiles};
    }
    return NextPart();
  }

  Step TakeRefusal(const ErrorV3& error) {
    switch (error.kind) {
      case ErrorV3::Kind::kNotFound:
        verdict_ = BareVerdictV3(ResponseCode::kMissing,
                                 MissingMessageV3(indicator_.kind()));
        if (purpose_ != Purpose::kReportOrSubmit ||
            indicator_.kind() != Kind::kUrl) {
          return {.verdict = *std::move(verdict_)};
        }
        if (access_.refused.contains(kSubmissions)) {
          return NotSubmitted(KeyNotAllowed());
        }
        return {.next = Submission()};
      case ErrorV3::Kind::kInvalidArgument:
        return {.verdict = BareVerdictV3(ResponseCode::kInvalid,
                                         InvalidMessageV3(indicator_.kind()))};
      case ErrorV3::Kind::kForbidden:
        if (!with_relationships_) return {.verdict = error.status};
        access_.refused.insert(kRelationships);
        return {.next = Report()};
      default:
        return {.verdict = error.status};
    }
  }

  HttpRequest Submission() {
    stage_ = Stage::kSubmission;
    HttpRequest request = Get("urls");
    request.form = EncodeForm({{"url", indicator_.text()}});
    return request;
  }

  Step TakeSubmission(absl::StatusOr<HttpResponse> response) {
    absl::Status failure = response.status();
    if (response.ok() && response->status == 200) {
      absl::StatusOr<OwnedVerdict> verdict =
          ReadSubmission(indicator_, std::move(response->body));
      if (verdict.ok()) return {.verdict = std::move(verdict)};
      failure = verdict.status();
    } else if (response.ok()) {
      const ErrorV3 error = ReadErrorV3(*response);
      if (error.kind == ErrorV3::Kind::kInvalidArgument) {
        return {.verdict = BareVerdictV3(ResponseCode::kInvalid,
                                         InvalidMessageV3(Kind::kUrl))};
      }
      if (error.kind == ErrorV3::Kind::kAlreadyExists) {
        return {.verdict = QueuedUrlV3(indicator_, kQueuedMessageV3)};
      }
      if (error.kind == ErrorV3::Kind::kForbidden) {
        access_.refused.insert(kSubmissions);
      }
      failure = error.status;
    }
    if (purpose_ == Purpose::kSubmit) return {.verdict = failure};
    return NotSubmitted(failure);
  }

  // The verdict that the URL is not known is still given: it is true, and its
  // request was paid for.
  Step NotSubmitted(const absl::Status& failure) {
    absl::StrAppend(
        (*verdict_)->mutable_message(),
        "; the URL could not be submitted for a scan: ", failure.message());
    return {.verdict = *std::move(verdict_), .incomplete_because = failure};
  }

  // Asks for the first page of the next part, or ends the dialogue when no part
  // is left.
  Step NextPart() {
    while (!parts_.empty() && access_.refused.contains(parts_.front())) {
      left_out_.push_back(parts_.front());
      parts_.erase(parts_.begin());
    }
    if (parts_.empty()) return End();
    pages_ = 0;
    return {.next = Page("")};
  }

  HttpRequest Page(std::string_view cursor) {
    stage_ = Stage::kPage;
    ++pages_;
    std::string path = absl::StrCat(ObjectPathV3(indicator_), "/",
                                    parts_.front(), "?limit=", kPageSize);
    if (!cursor.empty()) {
      absl::StrAppend(&path, "&", EncodeForm({{"cursor", cursor}}));
    }
    return Get(path);
  }

  Step TakePage(absl::StatusOr<HttpResponse> response) {
    absl::Status failure = response.status();
    if (response.ok() && response->status == 200) {
      const absl::StatusOr<std::string> cursor =
          parts_.front() == kUrls
              ? AddUrlPageV3(indicator_.kind(), std::move(response->body),
                             &**verdict_)
              : AddFilePageV3(indicator_.kind(), std::move(response->body),
                              &**verdict_);
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
    // The other pages would probably fail as well. The report without them is
    // still given, because it was paid for.
    left_out_.insert(left_out_.end(), parts_.begin(), parts_.end());
    Step step = End();
    step.incomplete_because = failure;
    return step;
  }

  Step End() {
    if ((*verdict_)->response_code() == ResponseCode::kPresent &&
        !left_out_.empty()) {
      absl::StrAppend((*verdict_)->mutable_message(),
                      "; VirusTotal did not send these parts: ",
                      absl::StrJoin(left_out_, ", "));
    }
    return {.verdict = *std::move(verdict_), .raw = std::move(raw_)};
  }

  Access& access_;
  const Indicator indicator_;
  const Purpose purpose_;
  Stage stage_ = Stage::kReport;
  bool with_relationships_ = false;
  // The verdict so far. Made only when the report has come, because an
  // OwnedVerdict takes 16 KiB.
  std::optional<OwnedVerdict> verdict_;
  std::string raw_;                    // the report, before any page
  std::vector<std::string> parts_;     // the part being read, then the parts to
                                       // come
  std::vector<std::string> left_out_;  // the missing parts, for the message
  int pages_ = 0;                      // pages of parts_.front() so far
};

absl::Status CanAsk(const Indicator& /*indicator*/) { return absl::OkStatus(); }

std::unique_ptr<Dialogue> Start(Access& access, const Indicator& indicator,
                                Purpose purpose) {
  return std::make_unique<DialogueV3>(access, indicator, purpose);
}

}  // namespace

const Dialect kDialectV3 = {.can_ask = CanAsk, .start = Start};

}  // namespace vtlookup
