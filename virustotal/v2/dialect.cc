// The traps of API v2: HTTP 200 does not mean success, only `response_code`
// tells; a used-up quota is 204 with an empty body; an array may hold fewer
// answers than there were questions.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/raw_report.h"
#include "core/response_code.h"
#include "core/text.h"
#include "virustotal/api/dialect.h"
#include "virustotal/api/json.h"
#include "virustotal/http/failures.h"
#include "virustotal/v2/about.h"
#include "virustotal/v2/judge.h"
#include "virustotal/v2/report.h"
#include "virustotal/v2/request.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kMinuteQuotaPause = absl::Minutes(1);

absl::Status CanAsk(const Indicator& indicator) {
  if (indicator.kind() == Kind::kIp &&
      absl::StrContains(ToAbsl(indicator.text()), ':')) {
    return absl::InvalidArgumentError(
        "VirusTotal's API v2 does not support IPv6 addresses");
  }
  return absl::OkStatus();
}

// Finds the one member of the array that is about the indicator. Its position
// means nothing. BadAnswer when there is no such member or more than one.
absl::StatusOr<ReportV2> FindReport(const Indicator& indicator,
                                    json::value array) {
  std::optional<ReportV2> found;
  bool twice = false;
  ForEachItem(array, [&](json::value item) {
    ReportV2 report = ReadReportV2(indicator.kind(), item);
    if (WhatIsItAboutV2(report, indicator) != AboutV2::kIt) return;
    twice = twice || found.has_value();
    if (!found.has_value()) found = std::move(report);
  });
  if (!found.has_value()) {
    return BadAnswer(
        "the array has no answer about the indicator that was asked");
  }
  if (twice) {
    return BadAnswer(
        "the array has two answers about the indicator that was asked");
  }
  return *std::move(found);
}

absl::StatusOr<OwnedVerdict> ReadBody(const Indicator& indicator,
                                      Purpose purpose, std::string body) {
  return ReadJson(
      std::move(body), [&](json::value root) -> absl::StatusOr<OwnedVerdict> {
        if (root.is_array()) {
          absl::StatusOr<ReportV2> about = FindReport(indicator, root);
          if (!about.ok()) return about.status();
          return JudgeV2(indicator.kind(), purpose, *std::move(about));
        }
        ReportV2 report = ReadReportV2(indicator.kind(), root);
        if (WhatIsItAboutV2(report, indicator) == AboutV2::kAnother) {
          return BadAnswer("the report is about another indicator");
        }
        return JudgeV2(indicator.kind(), purpose, std::move(report));
      });
}

absl::StatusOr<OwnedVerdict> Read(const Indicator& indicator, Purpose purpose,
                                  HttpResponse response) {
  switch (response.status) {
    case 200:
      return ReadBody(indicator, purpose, std::move(response.body));
    case 204:
    case 429:
      return QuotaRefused(response.retry_after.value_or(kMinuteQuotaPause));
    case 401:
    case 403:
      // VirusTotal's own refusal has no body. A page comes from a proxy.
      if (response.body.empty()) return KeyRefused();
      return BadAnswer(absl::StrCat("HTTP status ", response.status));
    default:
      if (response.status >= 500) {
        return Outage(absl::StrCat("HTTP status ", response.status));
      }
      // Also 404: v2 never says "not found" that way, so a proxy has answered.
      return BadAnswer(absl::StrCat("HTTP status ", response.status));
  }
}

bool IsReport(const v1::Verdict& verdict) {
  return verdict.response_code() == ResponseCode::kPresent ||
         verdict.response_code() == ResponseCode::kQueued;
}

// The dialogue has one request, whatever is asked.
class DialogueV2 final : public Dialogue {
 public:
  DialogueV2(const Access& access, const Indicator& indicator, Purpose purpose)
      : access_(access), indicator_(indicator), purpose_(purpose) {}

  HttpRequest Begin() override {
    return RequestV2(access_.base_url, access_.api_key, indicator_, purpose_);
  }

  Step Take(absl::StatusOr<HttpResponse> response) override {
    if (!response.ok()) return {.verdict = response.status()};
    std::string raw = RawReport('2', response->body);
    Step step = {.verdict = Read(indicator_, purpose_, *std::move(response))};
    if (step.verdict.ok() && IsReport(**step.verdict))
      step.raw = std::move(raw);
    return step;
  }

 private:
  const Access& access_;
  const Indicator indicator_;
  const Purpose purpose_;
};

std::unique_ptr<Dialogue> Start(Access& access, const Indicator& indicator,
                                Purpose purpose) {
  return std::make_unique<DialogueV2>(access, indicator, purpose);
}

}  // namespace

const Dialect kDialectV2 = {.can_ask = CanAsk, .start = Start};

}  // namespace vtlookup
