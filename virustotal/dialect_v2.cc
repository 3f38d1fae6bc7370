// VirusTotal's API v2. Its traps: HTTP 200 says nothing, only `response_code`
// does; a used-up quota is 204 with an empty body; an unknown URL submitted by
// `scan=1` comes as code 1 without counts; an array may hold fewer answers than
// were asked.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "virustotal/dialect.h"
#include "virustotal/failures.h"
#include "virustotal/form.h"
#include "virustotal/report_v2.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kMinuteQuotaPause = absl::Minutes(1);

HttpRequest Post(std::string url, std::string form) {
  return {.url = std::move(url), .form = std::move(form), .headers = {}};
}

// v2 has no other way for these two: the key stands in the query.
HttpRequest Get(const std::string& url, const std::string& query) {
  return {.url = absl::StrCat(url, "?", query),
          .form = std::nullopt,
          .headers = {}};
}

absl::Status CanAsk(const Indicator& indicator) {
  if (indicator.kind() == Kind::kIp &&
      absl::StrContains(ToAbsl(indicator.text()), ':')) {
    return absl::InvalidArgumentError(
        "VirusTotal's API v2 does not know IPv6 addresses");
  }
  return absl::OkStatus();
}

HttpRequest Request(std::string_view base_url, std::string_view api_key,
                    const Indicator& indicator, Ask ask) {
  const std::string api = absl::StrCat(ToAbsl(base_url), "/vtapi/v2/");
  const std::string_view text = indicator.text();
  switch (indicator.kind()) {
    case Kind::kFile:
      return Post(absl::StrCat(api, "file/report"),
                  EncodeForm({{"apikey", api_key}, {"resource", text}}));
    case Kind::kUrl:
      if (ask == Ask::kSubmit) {
        return Post(absl::StrCat(api, "url/scan"),
                    EncodeForm({{"apikey", api_key}, {"url", text}}));
      }
      return Post(
          absl::StrCat(api, "url/report"),
          EncodeForm({{"apikey", api_key},
                      {"resource", text},
                      {"scan", ask == Ask::kReportOrSubmit ? "1" : "0"}}));
    case Kind::kUrlScan:
      return Post(absl::StrCat(api, "url/report"),
                  EncodeForm({{"apikey", api_key}, {"resource", text}}));
    case Kind::kDomain:
      return Get(absl::StrCat(api, "domain/report"),
                 EncodeForm({{"apikey", api_key}, {"domain", text}}));
    case Kind::kIp:
      return Get(absl::StrCat(api, "ip-address/report"),
                 EncodeForm({{"apikey", api_key}, {"ip", text}}));
  }
  return {};
}

enum class About { kIt, kAnother, kUnsaid };

// What a report says it is about. Hashes of another kind than the asked one
// say nothing.
About WhatIsItAbout(const ReportV2& report, const Indicator& indicator) {
  About about = About::kUnsaid;
  for (const std::string& name :
       {report.resource, report.verdict->url().url(),
        report.verdict->file().md5(), report.verdict->file().sha1(),
        report.verdict->file().sha256()}) {
    const absl::StatusOr<Indicator> named =
        Indicator::Parse(indicator.kind(), name);
    if (!named.ok()) continue;
    if (*named == indicator) return About::kIt;
    if (indicator.kind() != Kind::kFile ||
        named->text().size() == indicator.text().size()) {
      about = About::kAnother;
    }
  }
  return about;
}

// The member that answers what was asked, never found by its place: the one
// that echoes the asked text, else the first that names the indicator.
std::optional<ReportV2> FindReport(const Indicator& indicator,
                                   json::array array) {
  std::optional<ReportV2> about;
  for (json::value item : array) {
    ReportV2 report = ReadReportV2(indicator.kind(), item);
    const bool exact = report.resource == indicator.text();
    if (exact || (!about.has_value() &&
                  WhatIsItAbout(report, indicator) == About::kIt)) {
      const bool known_exact =
          about.has_value() && about->resource == indicator.text();
      if (!known_exact) about = std::move(report);
    }
  }
  return about;
}

std::string_view DefaultMessage(int32_t response_code) {
  switch (response_code) {
    case 1:
      return "Report found";
    case 0:
      return "Not known to VirusTotal";
    case -1:
      return "VirusTotal calls the value invalid";
    default:
      return "Queued for analysis, come back later for the report";
  }
}

// Turns what was sent into what it means.
absl::StatusOr<OwnedVerdict> Judge(Kind kind, Ask ask, ReportV2 report) {
  if (!report.response_code.has_value()) {
    return BadAnswer("no response_code");
  }
  OwnedVerdict owned = std::move(report.verdict);
  v1::Verdict& verdict = *owned;
  int64_t code = *report.response_code;
  if (code < -2 || code > 1) return BadAnswer("unknown response_code");
  if (code == 1 && ask == Ask::kSubmit) {
    code = -2;
  } else if (code == 1 && HasCountsV2(kind) &&
             (!verdict.has_positives() || verdict.total() == 0)) {
    // Just submitted: a report would have counts. Taking it for one would
    // call it clean.
    if (verdict.scan_id().empty()) {
      return BadAnswer("a report without counts");
    }
    code = -2;
  } else if (code == 1 && !HasCountsV2(kind) && report.fields == 0) {
    return BadAnswer("a report without any content");
  }
  if (code != 1) {
    verdict.clear_positives();
    verdict.clear_total();
    if (code != -2 || !verdict.has_url()) verdict.clear_report();
  } else if (verdict.positives() > verdict.total()) {
    return BadAnswer("more positives than engines");
  }
  if (code == -1 || code == 0) {
    verdict.clear_scan_time();
    verdict.clear_permalink();
    verdict.clear_scan_id();
  }
  verdict.set_response_code(static_cast<int32_t>(code));
  if (verdict.message().empty()) {
    verdict.set_message(std::string(DefaultMessage(verdict.response_code())));
  }
  if (verdict.has_url() && verdict.url().resource().empty()) {
    verdict.mutable_url()->set_resource(verdict.url().url());
  }
  return owned;
}

absl::StatusOr<OwnedVerdict> ReadBody(const Indicator& indicator, Ask ask,
                                      std::string body) {
  return ReadJson(
      std::move(body),
      [&](json::document& document) -> absl::StatusOr<OwnedVerdict> {
        if (document.type() == json::json_type::array) {
          std::optional<ReportV2> about =
              FindReport(indicator, document.get_array());
          if (!about.has_value()) {
            return BadAnswer("an array without what was asked");
          }
          return Judge(indicator.kind(), ask, *std::move(about));
        }
        json::value root = document.get_value();
        ReportV2 report = ReadReportV2(indicator.kind(), root);
        if (WhatIsItAbout(report, indicator) == About::kAnother) {
          return BadAnswer("a report about something else");
        }
        return Judge(indicator.kind(), ask, std::move(report));
      });
}

absl::StatusOr<OwnedVerdict> Read(const Indicator& indicator, Ask ask,
                                  HttpResponse response) {
  switch (response.status) {
    case 200:
      return ReadBody(indicator, ask, std::move(response.body));
    case 204:
    case 429:
      return QuotaUsedUp("minute",
                         response.retry_after.value_or(kMinuteQuotaPause));
    case 401:
    case 403:
      // VirusTotal says no more; with a page, something in between has refused.
      if (response.body.empty()) return KeyRefused();
      return BadAnswer(absl::StrCat("HTTP status ", response.status));
    default:
      if (response.status >= 500) {
        return Outage(absl::StrCat("HTTP status ", response.status));
      }
      // Also 404: v2 never says "not found" that way, so something in between
      // has answered.
      return BadAnswer(absl::StrCat("HTTP status ", response.status));
  }
}

// One request is all.
class DialogueV2 final : public Dialogue {
 public:
  DialogueV2(const Access& access, const Indicator& indicator, Ask ask)
      : access_(access), indicator_(indicator), ask_(ask) {}

  HttpRequest Begin() override {
    return Request(access_.base_url, access_.api_key, indicator_, ask_);
  }

  Turn Take(absl::StatusOr<HttpResponse> response) override {
    if (!response.ok()) return {.verdict = response.status()};
    return {.verdict = Read(indicator_, ask_, *std::move(response))};
  }

 private:
  const Access& access_;
  const Indicator indicator_;
  const Ask ask_;
};

std::unique_ptr<Dialogue> Start(Access& access, const Indicator& indicator,
                                Ask ask) {
  return std::make_unique<DialogueV2>(access, indicator, ask);
}

}  // namespace

const Dialect kDialectV2 = {.can_ask = CanAsk, .start = Start};

}  // namespace vtlookup
