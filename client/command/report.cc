#include "client/command/report.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/command/output.h"
#include "client/command/units.h"
#include "core/response_code.h"
#include "core/safe_text.h"

namespace vtlookup {
namespace {

using Engines = google::protobuf::RepeatedPtrField<v1::EngineResult>;
constexpr int kNamed = 5;  // of each list of names

std::string Line(const char* name, const std::string& text) {
  return text.empty() ? "" : absl::StrFormat("  %-10s %s\n", name, text);
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds());
}

// "2026-11-25 14:02Z (1 d 2 h ago)"
std::string Moment(const google::protobuf::Timestamp& time, absl::Time now) {
  return absl::StrCat(
      absl::FormatTime("%Y-%m-%d %H:%MZ", TimeOf(time), absl::UTCTimeZone()),
      " (", LongOf(std::max(now - TimeOf(time), absl::ZeroDuration())),
      " ago)");
}

std::string AnalysedLine(const v1::LookupResponse& response, absl::Time now) {
  const v1::Verdict& verdict = response.verdict();
  if (!verdict.has_scan_time()) return "";
  const bool queued = verdict.response_code() == ResponseCode::kQueued;
  return Line(queued ? "requested" : "analysed",
              Moment(verdict.scan_time(), now));
}

std::string SourceName(v1::Source source) {
  switch (source) {
    case v1::SOURCE_MEMORY:
      return "memory";
    case v1::SOURCE_DISK:
      return "disk";
    case v1::SOURCE_SHARED:
      return "the shared cache";
    case v1::SOURCE_VIRUSTOTAL:
      return "VirusTotal";
    default:
      return "the daemon";
  }
}

// When VirusTotal was asked, and how long the answer is used.
std::string AskedLine(const v1::LookupResponse& response, absl::Time now) {
  if (!response.has_fetch_time()) return "";
  const absl::Duration left = TimeOf(response.expire_time()) - now;
  const std::string freshness =
      response.stale() || left < absl::ZeroDuration()
          ? absl::StrCat("STALE for ",
                         LongOf(std::max(-left, absl::ZeroDuration())))
          : absl::StrCat("fresh for ", LongOf(left));
  return Line("asked",
              absl::StrCat(Moment(response.fetch_time(), now), ", ", freshness,
                           ", from ", SourceName(response.source())));
}

const Engines& EnginesIn(const v1::Verdict& verdict) {
  switch (verdict.report_case()) {
    case v1::Verdict::kDomain:
      return verdict.domain().engines();
    case v1::Verdict::kIp:
      return verdict.ip().engines();
    case v1::Verdict::kFile:
      return verdict.file().engines();
    default:
      return verdict.url().engines();
  }
}

std::string DetectedLine(const v1::Verdict& verdict, bool all) {
  std::vector<std::string> names;
  int more = 0;
  for (const v1::EngineResult& engine : EnginesIn(verdict)) {
    if (!engine.detected()) continue;
    if (!all && static_cast<int>(names.size()) == kNamedEngines) {
      ++more;
      continue;
    }
    names.push_back(OnOneLine(absl::StrCat(engine.engine(),
                                           engine.result().empty() ? "" : ": ",
                                           engine.result())));
  }
  if (more > 0) names.push_back(absl::StrCat(more, " more (-v)"));
  return Line("detected",
              absl::StrJoin(names, all ? "\n             " : " · "));
}

template <typename Texts>
std::string ListLine(const char* name, const Texts& texts) {
  std::vector<std::string> shown;
  for (const auto& text : texts) {
    if (static_cast<int>(shown.size()) == kNamed) {
      shown.push_back(absl::StrCat(texts.size() - kNamed, " more"));
      break;
    }
    shown.push_back(OnOneLine(text));
  }
  return Line(name, absl::StrJoin(shown, ", "));
}

std::string DomainLines(const v1::DomainReport& domain) {
  std::vector<std::string> addresses;
  for (const v1::Resolution& each : domain.resolutions()) {
    addresses.push_back(each.ip_address());
  }
  return ListLine("categories", domain.categories()) +
         ListLine("addresses", addresses) +
         ListLine("subdomains", domain.subdomains());
}

std::string IpLines(const v1::IpReport& ip) {
  std::vector<std::string> names;
  for (const v1::Resolution& each : ip.resolutions()) {
    names.push_back(each.host_name());
  }
  std::vector<std::string> owner;
  if (!ip.as_owner().empty()) owner.push_back(ip.as_owner());
  if (ip.as_number() != 0) owner.push_back(absl::StrCat("AS", ip.as_number()));
  if (!ip.country().empty()) owner.push_back(ip.country());
  return ListLine("owner", owner) + ListLine("names", names);
}

std::string KindLines(const v1::Verdict& verdict) {
  switch (verdict.report_case()) {
    case v1::Verdict::kDomain:
      return DomainLines(verdict.domain());
    case v1::Verdict::kIp:
      return IpLines(verdict.ip());
    case v1::Verdict::kFile:
      return Line("sha256", verdict.file().sha256());
    default:
      return "";
  }
}

const char* KindName(const v1::Indicator& indicator) {
  switch (indicator.value_case()) {
    case v1::Indicator::kDomain:
      return "domain";
    case v1::Indicator::kIp:
      return "ip";
    case v1::Indicator::kFileHash:
      return "file";
    case v1::Indicator::kUrlScanId:
      return "scan";
    default:
      return "url";
  }
}

}  // namespace

std::string ReportOf(const v1::Indicator& asked,
                     const v1::LookupResponse& response, absl::Time now,
                     bool all_engines) {
  v1::LookupResult result;
  *result.mutable_response() = response;
  const TextLine line = TextLineOf(asked, result);
  const v1::Verdict& verdict = response.verdict();
  return absl::StrCat(KindName(asked), " ", line.asked, "\n  ", line.finding,
                      "\n", AnalysedLine(response, now),
                      AskedLine(response, now),
                      DetectedLine(verdict, all_engines), KindLines(verdict),
                      Line("report", OnOneLine(verdict.permalink())));
}

}  // namespace vtlookup
