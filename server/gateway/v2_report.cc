#include "server/gateway/v2_report.h"

#include <algorithm>
#include <string_view>

#include "absl/time/time.h"
#include "core/response_code.h"
#include "server/proto/times.h"
#include "server/verdicts/stored_verdict.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

using Json = nlohmann::ordered_json;

std::string DateOf(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", ToAbslTime(time),
                          absl::UTCTimeZone());
}

Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

void AddText(const char* name, const std::string& text, Json* out) {
  if (!text.empty()) (*out)[name] = text;
}

template <typename Engines>
Json ScansOf(const Engines& engines, bool of_file) {
  Json scans = Json::object();
  for (const v1::EngineResult& engine : engines) {
    Json scan = {{"detected", engine.detected()}};
    if (of_file) scan["version"] = TextOrNull(engine.version());
    scan["result"] = TextOrNull(engine.result());
    if (of_file) scan["update"] = TextOrNull(engine.update());
    AddText("detail", engine.detail(), &scan);
    scans[engine.engine()] = std::move(scan);
  }
  return scans;
}

// What reports about URLs and files have in common.
void AddScan(const v1::Verdict& verdict, const std::string& resource,
             Json* out) {
  AddText("scan_id", verdict.scan_id(), out);
  (*out)["resource"] = resource;
  if (verdict.has_scan_time()) {
    (*out)["scan_date"] = DateOf(verdict.scan_time());
  }
  AddText("permalink", verdict.permalink(), out);
  if (verdict.has_positives()) (*out)["positives"] = verdict.positives();
  if (verdict.has_total()) (*out)["total"] = verdict.total();
}

void AddUrl(const v1::UrlReport& report, Json* out) {
  AddText("url", report.url().empty() ? report.resource() : report.url(), out);
  (*out)["filescan_id"] = TextOrNull(report.file_scan_id());
  (*out)["scans"] = ScansOf(report.engines(), /*of_file=*/false);
}

void AddFile(const v1::FileReport& report, Json* out) {
  AddText("md5", report.md5(), out);
  AddText("sha1", report.sha1(), out);
  AddText("sha256", report.sha256(), out);
  (*out)["scans"] = ScansOf(report.engines(), /*of_file=*/true);
}

// --- Domains and addresses -------------------------------------------------

template <typename Message>
void AddCounts(const Message& from, Json* out) {
  if (from.has_positives()) (*out)["positives"] = from.positives();
  if (from.has_total()) (*out)["total"] = from.total();
}

Json ItemOf(const v1::FileDetection& file) {
  Json item = Json::object();
  if (file.has_scan_time()) item["date"] = DateOf(file.scan_time());
  AddCounts(file, &item);
  item["sha256"] = file.sha256();
  return item;
}

// An object for a detected URL.
Json ItemOf(const v1::UrlDetection& url) {
  Json item = {{"url", url.url()}};
  AddCounts(url, &item);
  if (url.has_scan_time()) item["scan_date"] = DateOf(url.scan_time());
  return item;
}

// An array for a URL that is not detected.
Json ArrayOf(const v1::UrlDetection& url) {
  return Json::array(
      {url.url(), url.sha256(), url.positives(), url.total(),
       url.has_scan_time() ? Json(DateOf(url.scan_time())) : Json(nullptr)});
}

Json ItemOf(const v1::Resolution& resolution) {
  Json item = Json::object();
  AddText("ip_address", resolution.ip_address(), &item);
  AddText("hostname", resolution.host_name(), &item);
  item["last_resolved"] = resolution.has_last_resolved()
                              ? Json(DateOf(resolution.last_resolved()))
                              : Json(nullptr);
  return item;
}

Json ItemOf(const std::string& text) { return text; }

// Adds a list if VirusTotal has sent it. `field`: its name in the report.
template <typename List, typename Report, typename Make>
void AddList(const char* name, const char* field, const List& list,
             const Report& report, Make make, Json* out) {
  const auto& empty = report.empty_lists();
  if (list.empty() &&
      std::find(empty.begin(), empty.end(), field) == empty.end()) {
    return;
  }
  Json& items = (*out)[name] = Json::array();
  for (const auto& each : list) items.push_back(make(each));
}

template <typename Report>
void AddNetwork(const Report& report, Json* out) {
  const auto make = [](const auto& each) { return ItemOf(each); };
  const auto add = [&](const char* name, const char* field, const auto& list) {
    AddList(name, field, list, report, make, out);
  };
  add("resolutions", "resolutions", report.resolutions());
  add("detected_urls", "detected_urls", report.detected_urls());
  AddList("undetected_urls", "undetected_urls", report.undetected_urls(),
          report, ArrayOf, out);
  add("detected_communicating_samples", "detected_communicating_files",
      report.detected_communicating_files());
  add("detected_downloaded_samples", "detected_downloaded_files",
      report.detected_downloaded_files());
  add("detected_referrer_samples", "detected_referrer_files",
      report.detected_referrer_files());
  add("undetected_communicating_samples", "undetected_communicating_files",
      report.undetected_communicating_files());
  add("undetected_downloaded_samples", "undetected_downloaded_files",
      report.undetected_downloaded_files());
  add("undetected_referrer_samples", "undetected_referrer_files",
      report.undetected_referrer_files());
  AddText("whois", report.whois(), out);
  if (report.has_whois_time()) {
    (*out)["whois_timestamp"] = report.whois_time().seconds();
  }
}

void AddDomain(const v1::DomainReport& report, Json* out) {
  AddNetwork(report, out);
  const auto add = [&](const char* name, const char* field, const auto& list) {
    AddList(
        name, field, list, report,
        [](const auto& each) { return ItemOf(each); }, out);
  };
  add("categories", "categories", report.categories());
  add("domain_siblings", "siblings", report.siblings());
  add("subdomains", "subdomains", report.subdomains());
  for (const auto& [vendor, category] : report.vendor_categories()) {
    (*out)[vendor + " category"] = category;
  }
  if (report.webutation_verdict().empty()) return;
  Json& info = (*out)["Webutation domain info"] = Json::object();
  info["Verdict"] = report.webutation_verdict();
  if (report.has_webutation_safety_score()) {
    info["Safety score"] = report.webutation_safety_score();
  }
}

void AddIp(const v1::IpReport& report, Json* out) {
  AddNetwork(report, out);
  if (report.has_as_number()) (*out)["asn"] = report.as_number();
  if (report.has_as_number_text()) (*out)["asn"] = report.as_number_text();
  AddText("as_owner", report.as_owner(), out);
  AddText("country", report.country(), out);
  AddText("continent", report.continent(), out);
  AddText("network", report.network(), out);
}

// --- What `allinfo=1` adds -------------------------------------------------

void AddAllInfo(const v1::Verdict& verdict, Json* out) {
  if (verdict.has_times_submitted()) {
    (*out)["times_submitted"] = verdict.times_submitted();
  }
  if (verdict.has_first_submitted()) {
    (*out)["first_seen"] = DateOf(verdict.first_submitted());
  }
  if (verdict.has_last_submitted()) {
    (*out)["last_seen"] = DateOf(verdict.last_submitted());
  }
  if (verdict.has_reputation()) {
    (*out)["community_reputation"] = verdict.reputation();
  }
  if (verdict.has_votes()) {
    (*out)["harmless_votes"] = verdict.votes().harmless();
    (*out)["malicious_votes"] = verdict.votes().malicious();
  }
  if (verdict.tags_size() > 0) (*out)["tags"] = verdict.tags();
  if (verdict.names_size() > 0) (*out)["submission_names"] = verdict.names();
  if (!verdict.has_file()) return;
  AddText("type", verdict.file().type(), out);
  if (verdict.file().has_size()) (*out)["size"] = verdict.file().size();
}

void AddReport(const v1::Verdict& verdict, const std::string& resource,
               Json* out) {
  switch (verdict.report_case()) {
    case v1::Verdict::kUrl:
      AddScan(verdict, resource, out);
      return AddUrl(verdict.url(), out);
    case v1::Verdict::kFile:
      AddScan(verdict, resource, out);
      return AddFile(verdict.file(), out);
    case v1::Verdict::kDomain:
      return AddDomain(verdict.domain(), out);
    case v1::Verdict::kIp:
      return AddIp(verdict.ip(), out);
    case v1::Verdict::REPORT_NOT_SET:
      return;
  }
}

bool IsScanned(Kind kind) { return kind != Kind::kDomain && kind != Kind::kIp; }

}  // namespace

Json ReportInV2(const Answer& answer, const std::string& resource,
                bool all_info) {
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  Json out = {{"response_code", verdict.response_code()}};
  out["verbose_msg"] = verdict.message();
  switch (CodeOf(answer.entry)) {
    case ResponseCode::kPresent:
      AddReport(verdict, resource, &out);
      if (all_info) AddAllInfo(verdict, &out);
      break;
    case ResponseCode::kQueued:
      out["resource"] = resource;
      AddText("scan_id", verdict.scan_id(), &out);
      break;
    case ResponseCode::kMissing:
      if (IsScanned(answer.kind)) out["resource"] = resource;
      break;
    case ResponseCode::kInvalid:
      // VirusTotal calls a text that is no hash "not known".
      if (answer.kind == Kind::kFile) {
        out["response_code"] = NumberOf(ResponseCode::kMissing);
        out["resource"] = resource;
      }
      break;
  }
  return out;
}

Json SubmissionInV2(const Answer& answer, const std::string& resource) {
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  Json out;
  if (CodeOf(answer.entry) == ResponseCode::kInvalid) {
    out["response_code"] = verdict.response_code();
  } else {
    out["response_code"] = NumberOf(ResponseCode::kPresent);
    AddScan(verdict, resource, &out);
    out["url"] = answer.indicator;
  }
  out["verbose_msg"] = verdict.message();
  return out;
}

}  // namespace vtlookup
