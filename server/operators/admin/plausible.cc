#include "server/operators/admin/plausible.h"

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/response_code.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// VirusTotal has about a hundred engines.
constexpr uint32_t kMostEngines = 1000;
constexpr int64_t kLongestLife = int64_t{366} * 24 * 3600;  // seconds
constexpr int64_t kClocksDiffer = 24 * 3600;                // seconds

// Whether the verdict has the report for this kind of indicator, or none.
bool ReportFits(const v1::Verdict& verdict, Kind kind) {
  switch (verdict.report_case()) {
    case v1::Verdict::kUrl:
      return kind == Kind::kUrl || kind == Kind::kUrlScan;
    case v1::Verdict::kDomain:
      return kind == Kind::kDomain;
    case v1::Verdict::kIp:
      return kind == Kind::kIp;
    case v1::Verdict::kFile:
      return kind == Kind::kFile;
    case v1::Verdict::REPORT_NOT_SET:
      return true;
  }
  return false;
}

bool IsOfAnotherFile(const v1::FileReport& report, const Indicator& asked) {
  const absl::string_view hash = ToAbsl(asked.text());
  for (const std::string* const each :
       {&report.md5(), &report.sha1(), &report.sha256()}) {
    if (each->size() == hash.size() && !absl::EqualsIgnoreCase(*each, hash)) {
      return true;
    }
  }
  return false;
}

// API v2 sends no counts for domains and addresses.
bool AlwaysHasCounts(Kind kind) {
  return kind == Kind::kUrl || kind == Kind::kUrlScan || kind == Kind::kFile;
}

absl::Status CheckCounts(const v1::Verdict& verdict, Kind kind) {
  if (verdict.has_positives() != verdict.has_total()) {
    return absl::InvalidArgumentError(
        "the verdict has only one of positives and total");
  }
  if (verdict.response_code() != ResponseCode::kPresent) {
    if (!verdict.has_total()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "a verdict with the response code ", verdict.response_code(),
        " must not have positives and total"));
  }
  if (!AlwaysHasCounts(kind) && !verdict.has_total()) return absl::OkStatus();
  if (!verdict.has_total() || (AlwaysHasCounts(kind) && verdict.total() == 0)) {
    return absl::InvalidArgumentError(
        "a verdict with the response code 1 needs positives and total, and "
        "total must not be 0");
  }
  if (verdict.positives() > verdict.total() || verdict.total() > kMostEngines) {
    return absl::InvalidArgumentError(
        absl::StrCat("a verdict with ", verdict.positives(), " positives and ",
                     "a total of ", verdict.total(), "; total may be at most ",
                     kMostEngines, ", and positives at most total"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPlausible(const v1::CacheEntry& entry,
                            const Indicator& indicator) {
  const v1::Verdict& verdict = entry.verdict();
  const Kind kind = indicator.kind();
  if (!verdict.has_response_code() ||
      !ResponseCodeOf(verdict.response_code()).has_value()) {
    return absl::InvalidArgumentError(
        "there is no verdict, or its response_code is not one of 1, 0, -1 and "
        "-2");
  }
  if (!ReportFits(verdict, kind)) {
    return absl::InvalidArgumentError(
        "the verdict's report is for another kind of indicator");
  }
  const int64_t fetched = entry.fetch_time().seconds();
  const int64_t stale_until = entry.stale_until().seconds();
  if (fetched >= 0 && stale_until > fetched &&
      stale_until - fetched > kLongestLife) {
    return absl::InvalidArgumentError(
        "stale_until is more than a year after fetch_time");
  }
  if (entry.has_fetch_time() &&
      verdict.scan_time().seconds() > fetched + kClocksDiffer) {
    return absl::InvalidArgumentError(
        "the verdict's scan_time is more than a day after fetch_time");
  }
  if (!verdict.permalink().empty() &&
      !absl::StartsWith(verdict.permalink(), "https://")) {
    return absl::InvalidArgumentError(
        "the verdict's permalink does not begin with https://");
  }
  if (kind == Kind::kFile && IsOfAnotherFile(verdict.file(), indicator)) {
    return absl::InvalidArgumentError(
        "the verdict's report is about a file with another hash");
  }
  return CheckCounts(verdict, kind);
}

}  // namespace vtlookup
