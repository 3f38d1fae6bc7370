// VirusTotal's API v2. Its traps: HTTP 200 says nothing, only `response_code`
// does; a used-up quota is 204 with an empty body; an unknown URL submitted by
// `scan=1` comes as code 1 without counts; an array may hold fewer answers than
// were asked.

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/response_code.h"
#include "core/same_url.h"
#include "core/text.h"
#include "core/url.h"
#include "virustotal/api/dialect.h"
#include "virustotal/api/url_id.h"
#include "virustotal/http/failures.h"
#include "virustotal/http/url_encoding.h"
#include "virustotal/v2/report.h"

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

// Whether a report is about what was asked, by all the names in it. A name of
// something else outweighs a name of what was asked, since `resource` only
// echoes the question. Ordered by weight.
enum class About { kUnsaid, kIt, kAnother };

About Sum(std::initializer_list<About> names) { return std::max(names); }

// What one name says. `named`: the report has the name, and it is of the kind
// that was asked. `is_it`: the name is what was asked.
About AboutBy(bool named, bool is_it) {
  if (!named) return About::kUnsaid;
  return is_it ? About::kIt : About::kAnother;
}

// A hash of another kind than the asked one cannot be compared with it.
About WhichFile(const ReportV2& report, std::string_view asked) {
  const auto by = [asked](std::string_view name) {
    const absl::StatusOr<Indicator> hash = Indicator::Parse(Kind::kFile, name);
    return AboutBy(hash.ok() && hash->text().size() == asked.size(),
                   hash.ok() && hash->text() == asked);
  };
  const v1::FileReport& file = report.verdict->file();
  const std::string& scan_id = report.verdict->scan_id();
  const std::string_view scanned = Sha256OfScanId(scan_id);
  // The scan id holds the file's SHA-256, whichever hash was asked.
  const bool other_scan =
      !scanned.empty() && !file.sha256().empty() &&
      !absl::EqualsIgnoreCase(ToAbsl(scanned), file.sha256());
  return Sum({by(report.resource), by(file.md5()), by(file.sha1()),
              by(file.sha256()), by(scanned), AboutBy(other_scan, false)});
}

// The hash in the scan id is compared only when the report has counts: recorded
// answers about URLs that had just been queued have another hash there.
About WhichUrl(const ReportV2& report, std::string_view asked) {
  const std::string& url = report.verdict->url().url();
  const std::string_view scanned = Sha256OfScanId(report.verdict->scan_id());
  const bool can_name =
      report.resource == asked || CanonicalUrl(report.resource).ok();
  const bool other_scan = report.verdict->has_positives() && !url.empty() &&
                          !scanned.empty() && scanned != UrlIdOf(url);
  return Sum({AboutBy(can_name, IsSameUrl(asked, report.resource)),
              AboutBy(!url.empty(), IsSameUrl(asked, url)),
              AboutBy(other_scan, false)});
}

// The URL must be that of the asked scan. The scan id may be another one: that
// of the URL's latest scan.
About WhichScan(const ReportV2& report, const Indicator& asked) {
  const std::string_view url_id = Sha256OfScanId(asked.text());
  const auto echoed = Indicator::Parse(Kind::kUrlScan, report.resource);
  const std::string_view scanned = Sha256OfScanId(report.verdict->scan_id());
  const std::string& url = report.verdict->url().url();
  return Sum({AboutBy(echoed.ok(), echoed.ok() && *echoed == asked),
              AboutBy(!scanned.empty(), scanned == url_id),
              AboutBy(!url.empty(), UrlIdOf(url) == url_id)});
}

About WhatIsItAbout(const ReportV2& report, const Indicator& indicator) {
  switch (indicator.kind()) {
    case Kind::kFile:
      return WhichFile(report, indicator.text());
    case Kind::kUrl:
      return WhichUrl(report, indicator.text());
    case Kind::kUrlScan:
      return WhichScan(report, indicator);
    case Kind::kDomain:
    case Kind::kIp: {
      const auto named = Indicator::Parse(indicator.kind(), report.resource);
      return AboutBy(named.ok(), named.ok() && *named == indicator);
    }
  }
  return About::kUnsaid;
}

// The one member of the array that is about what was asked. Its position means
// nothing. BadAnswer when there is none or more than one.
absl::StatusOr<ReportV2> FindReport(const Indicator& indicator,
                                    json::value array) {
  std::optional<ReportV2> found;
  bool twice = false;
  ForEachItem(array, [&](json::value item) {
    ReportV2 report = ReadReportV2(indicator.kind(), item);
    if (WhatIsItAbout(report, indicator) != About::kIt) return;
    twice = twice || found.has_value();
    if (!found.has_value()) found = std::move(report);
  });
  if (!found.has_value()) return BadAnswer("an array without what was asked");
  if (twice) return BadAnswer("an array with two answers about what was asked");
  return *std::move(found);
}

std::string_view DefaultMessage(ResponseCode code) {
  switch (code) {
    case ResponseCode::kPresent:
      return "Report found";
    case ResponseCode::kMissing:
      return "Not known to VirusTotal";
    case ResponseCode::kInvalid:
      return "VirusTotal calls the value invalid";
    case ResponseCode::kQueued:
      break;
  }
  return "Queued for analysis, come back later for the report";
}

// Turns what was sent into what it means.
absl::StatusOr<OwnedVerdict> Judge(Kind kind, Ask ask, ReportV2 report) {
  if (!report.response_code.has_value()) {
    return BadAnswer("no response_code");
  }
  OwnedVerdict owned = std::move(report.verdict);
  v1::Verdict& verdict = *owned;
  if (report.bad_counts) {
    return BadAnswer("counts that are not whole numbers");
  }
  if (verdict.has_positives() != verdict.has_total()) {
    return BadAnswer("only one of `positives` and `total`");
  }
  const std::optional<ResponseCode> said =
      ResponseCodeOf(*report.response_code);
  if (!said.has_value()) return BadAnswer("unknown response_code");
  ResponseCode code = *said;
  if (code == ResponseCode::kPresent && ask == Ask::kSubmit) {
    code = ResponseCode::kQueued;
  } else if (code == ResponseCode::kPresent && HasCountsV2(kind) &&
             (!verdict.has_positives() || verdict.total() == 0)) {
    // Just submitted: a report would have counts. Taking it for one would
    // call it clean.
    if (verdict.scan_id().empty()) {
      return BadAnswer("a report without counts");
    }
    code = ResponseCode::kQueued;
  } else if (code == ResponseCode::kPresent && !HasCountsV2(kind) &&
             report.fields == 0) {
    return BadAnswer("a report without any content");
  }
  if (code != ResponseCode::kPresent) {
    verdict.clear_positives();
    verdict.clear_total();
    if (code != ResponseCode::kQueued || !verdict.has_url())
      verdict.clear_report();
  } else if (verdict.positives() > verdict.total()) {
    return BadAnswer("more positives than engines");
  }
  if (code == ResponseCode::kInvalid || code == ResponseCode::kMissing) {
    verdict.clear_scan_time();
    verdict.clear_permalink();
    verdict.clear_scan_id();
  }
  verdict.set_response_code(NumberOf(code));
  if (verdict.message().empty()) {
    verdict.set_message(std::string(DefaultMessage(code)));
  }
  if (verdict.has_url() && verdict.url().resource().empty()) {
    verdict.mutable_url()->set_resource(verdict.url().url());
  }
  return owned;
}

absl::StatusOr<OwnedVerdict> ReadBody(const Indicator& indicator, Ask ask,
                                      std::string body) {
  return ReadJson(
      std::move(body), [&](json::value root) -> absl::StatusOr<OwnedVerdict> {
        if (root.is_array()) {
          absl::StatusOr<ReportV2> about = FindReport(indicator, root);
          if (!about.ok()) return about.status();
          return Judge(indicator.kind(), ask, *std::move(about));
        }
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
