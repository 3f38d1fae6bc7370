// Reads every recorded answer of API v2, and compares the verdict of the
// dialect with the JSON itself, read by another library.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "sim/text.h"
#include "sim/world.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/api/sample_files.h"

namespace vtlookup {
namespace {

using nlohmann::json;

std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : "";
}

int64_t Seconds(const std::string& date) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d %H:%M:%S", date, &time, &error) &&
      !absl::ParseTime("%Y-%m-%d %H:%M", date, &time, &error)) {
    return 0;
  }
  return absl::ToUnixSeconds(time);
}

// Returns the indicator that `member` is about.
absl::StatusOr<Indicator> AskedFor(const std::string& folder,
                                   const json& member) {
  const std::string resource = Text(member, "resource");
  if (folder == "file") {
    auto asked = Indicator::Parse(Kind::kFile, resource);
    // Some recorded reports have their hashes made unreadable.
    if (asked.ok() || member["response_code"] == 0) return asked;
    asked = Indicator::Parse(Kind::kFile, Text(member, "sha256"));
    return asked.ok() ? asked
                      : Indicator::Parse(Kind::kFile, std::string(64, '0'));
  }
  if (folder == "ip") return Indicator::Parse(Kind::kIp, "1.2.3.4");
  if (folder == "domain") return Indicator::Parse(Kind::kDomain, "a.com");
  const std::string url = resource.empty() ? Text(member, "url") : resource;
  return Indicator::Parse(Kind::kUrl, url.empty() ? "http://a.com/" : url);
}

void CompareEngines(
    const json& member,
    const google::protobuf::RepeatedPtrField<v1::EngineResult>& engines) {
  const json scans = member.value("scans", json::object());
  ASSERT_EQ(engines.size(), static_cast<int>(scans.size()));
  std::set<std::string> seen;
  for (const v1::EngineResult& engine : engines) {
    ASSERT_TRUE(scans.contains(engine.engine())) << engine.engine();
    EXPECT_TRUE(seen.insert(engine.engine()).second);
    const json& scan = scans[engine.engine()];
    EXPECT_EQ(engine.detected(), scan["detected"].get<bool>());
    EXPECT_EQ(engine.result(), Text(scan, "result"));
    EXPECT_EQ(engine.version(), Text(scan, "version"));
    EXPECT_EQ(engine.update(), Text(scan, "update"));
    EXPECT_EQ(engine.detail(), Text(scan, "detail"));
    EXPECT_EQ(engine.category() == v1::ENGINE_CATEGORY_MALICIOUS,
              engine.detected());
  }
}

template <typename List>
void CompareSamples(const json& member, const char* key, const List& files) {
  const json list = member.value(key, json::array());
  ASSERT_EQ(files.size(), static_cast<int>(list.size())) << key;
  for (int i = 0; i < files.size(); ++i) {
    const json& sample = list[static_cast<size_t>(i)];
    EXPECT_EQ(files[i].sha256(), Text(sample, "sha256"));
    EXPECT_EQ(files[i].positives(), sample["positives"].get<uint32_t>());
    EXPECT_EQ(files[i].total(), sample["total"].get<uint32_t>());
    EXPECT_EQ(files[i].scan_time().seconds(), Seconds(Text(sample, "date")));
  }
}

// Compares the lists that were sent empty.
template <typename Report>
void CompareEmptyLists(const json& member, const Report& report) {
  static const std::map<std::string, std::string> kNames = {
      {"resolutions", "resolutions"},
      {"detected_urls", "detected_urls"},
      {"undetected_urls", "undetected_urls"},
      {"detected_communicating_samples", "detected_communicating_files"},
      {"detected_downloaded_samples", "detected_downloaded_files"},
      {"detected_referrer_samples", "detected_referrer_files"},
      {"undetected_communicating_samples", "undetected_communicating_files"},
      {"undetected_downloaded_samples", "undetected_downloaded_files"},
      {"undetected_referrer_samples", "undetected_referrer_files"},
      {"categories", "categories"},
      {"domain_siblings", "siblings"},
      {"subdomains", "subdomains"}};
  std::set<std::string> expected;
  for (const auto& [key, name] : kNames) {
    if (member.contains(key) && member[key] == json::array()) {
      expected.insert(name);
    }
  }
  EXPECT_EQ(std::set<std::string>(report.empty_lists().begin(),
                                  report.empty_lists().end()),
            expected);
}

template <typename Report>
void CompareNetwork(const json& member, const Report& report,
                    const char* resolved, bool ip_side) {
  CompareEmptyLists(member, report);
  const json resolutions = member.value("resolutions", json::array());
  ASSERT_EQ(report.resolutions_size(), static_cast<int>(resolutions.size()));
  for (int i = 0; i < report.resolutions_size(); ++i) {
    const json& row = resolutions[static_cast<size_t>(i)];
    const v1::Resolution& resolution = report.resolutions(i);
    EXPECT_EQ(ip_side ? resolution.ip_address() : resolution.host_name(),
              Text(row, resolved));
    EXPECT_EQ(resolution.has_last_resolved(),
              !Text(row, "last_resolved").empty());
    EXPECT_EQ(resolution.last_resolved().seconds(),
              Seconds(Text(row, "last_resolved")));
  }
  const json detected = member.value("detected_urls", json::array());
  ASSERT_EQ(report.detected_urls_size(), static_cast<int>(detected.size()));
  for (int i = 0; i < report.detected_urls_size(); ++i) {
    const json& row = detected[static_cast<size_t>(i)];
    const v1::UrlDetection& url = report.detected_urls(i);
    EXPECT_EQ(url.url(), Text(row, "url"));
    EXPECT_EQ(url.positives(), row["positives"].get<uint32_t>());
    EXPECT_EQ(url.total(), row["total"].get<uint32_t>());
    EXPECT_EQ(url.scan_time().seconds(), Seconds(Text(row, "scan_date")));
  }
  const json undetected = member.value("undetected_urls", json::array());
  ASSERT_EQ(report.undetected_urls_size(), static_cast<int>(undetected.size()));
  for (int i = 0; i < report.undetected_urls_size(); ++i) {
    const json& row = undetected[static_cast<size_t>(i)];
    const v1::UrlDetection& url = report.undetected_urls(i);
    EXPECT_EQ(url.url(), row[0].get<std::string>());
    EXPECT_EQ(url.sha256(), row[1].get<std::string>());
    EXPECT_EQ(url.positives(), row[2].get<uint32_t>());
    EXPECT_EQ(url.total(), row[3].get<uint32_t>());
    EXPECT_EQ(url.scan_time().seconds(), Seconds(row[4].get<std::string>()));
  }
  CompareSamples(member, "detected_communicating_samples",
                 report.detected_communicating_files());
  CompareSamples(member, "detected_downloaded_samples",
                 report.detected_downloaded_files());
  CompareSamples(member, "detected_referrer_samples",
                 report.detected_referrer_files());
  CompareSamples(member, "undetected_communicating_samples",
                 report.undetected_communicating_files());
  CompareSamples(member, "undetected_downloaded_samples",
                 report.undetected_downloaded_files());
  CompareSamples(member, "undetected_referrer_samples",
                 report.undetected_referrer_files());
  EXPECT_EQ(report.whois(), Text(member, "whois"));
  EXPECT_EQ(report.whois_time().seconds(),
            static_cast<int64_t>(member.value("whois_timestamp", 0.0)));
}

template <typename Strings>
void CompareTexts(const json& member, const char* key, const Strings& texts) {
  const std::vector<std::string> got(texts.begin(), texts.end());
  EXPECT_EQ(json(got), member.value(key, json::array())) << key;
}

void CompareDomain(const json& member, const v1::DomainReport& report) {
  CompareNetwork(member, report, "ip_address", true);
  CompareTexts(member, "categories", report.categories());
  CompareTexts(member, "domain_siblings", report.siblings());
  CompareTexts(member, "subdomains", report.subdomains());
  EXPECT_EQ(report.websense_category(),
            Text(member, "Websense ThreatSeeker category"));
  EXPECT_EQ(report.forcepoint_category(),
            Text(member, "Forcepoint ThreatSeeker category"));
  for (const auto& [vendor, category] : report.vendor_categories()) {
    EXPECT_EQ(category, Text(member, (vendor + " category").c_str()));
  }
  int vendors = 0;
  for (const auto& item : member.items()) {
    vendors += item.key().ends_with(" category") && item.value().is_string();
  }
  EXPECT_EQ(static_cast<int>(report.vendor_categories_size()), vendors);
  const json webutation =
      member.value("Webutation domain info", json::object());
  EXPECT_EQ(report.webutation_verdict(), Text(webutation, "Verdict"));
  EXPECT_EQ(report.has_webutation_safety_score(),
            webutation.contains("Safety score"));
  EXPECT_EQ(report.webutation_safety_score(),
            webutation.value("Safety score", 0));
}

void CompareIp(const json& member, const v1::IpReport& report) {
  CompareNetwork(member, report, "hostname", false);
  EXPECT_EQ(report.as_owner(), Text(member, "as_owner"));
  EXPECT_EQ(report.country(), Text(member, "country"));
  EXPECT_EQ(report.continent(), Text(member, "continent"));
  EXPECT_EQ(report.network(), Text(member, "network"));
  const json asn = member.value("asn", json());
  if (asn.is_string()) {
    EXPECT_EQ(report.as_number_text(), asn.get<std::string>());
  } else if (asn.is_number()) {
    EXPECT_EQ(report.as_number(), asn.get<uint64_t>());
  } else {
    EXPECT_EQ(report.asn_case(), v1::IpReport::ASN_NOT_SET);
  }
}

void CompareFile(const json& member, const v1::FileReport& report) {
  EXPECT_EQ(report.md5(), Text(member, "md5"));
  EXPECT_EQ(report.sha1(), Text(member, "sha1"));
  EXPECT_EQ(report.sha256(), Text(member, "sha256"));
  CompareEngines(member, report.engines());
  EXPECT_EQ(report.type(), Text(member, "type"));
  EXPECT_EQ(report.has_size(), member.contains("size"));
  EXPECT_EQ(report.size(), member.value("size", 0U));
}

// Compares what only private keys get.
void CompareAllInfo(const json& member, const v1::Verdict& verdict) {
  CompareTexts(member, "tags", verdict.tags());
  CompareTexts(member, "submission_names", verdict.names());
  EXPECT_EQ(verdict.has_reputation(), member.contains("community_reputation"));
  EXPECT_EQ(verdict.reputation(), member.value("community_reputation", 0));
  EXPECT_EQ(verdict.has_votes(), member.contains("harmless_votes"));
  EXPECT_EQ(verdict.votes().harmless(), member.value("harmless_votes", 0U));
  EXPECT_EQ(verdict.votes().malicious(), member.value("malicious_votes", 0U));
  EXPECT_EQ(verdict.has_times_submitted(), member.contains("times_submitted"));
  EXPECT_EQ(verdict.times_submitted(), member.value("times_submitted", 0U));
  EXPECT_EQ(verdict.first_submitted().seconds(),
            Seconds(Text(member, "first_seen")));
  EXPECT_EQ(verdict.last_submitted().seconds(),
            Seconds(Text(member, "last_seen")));
  EXPECT_FALSE(verdict.has_counts()) << "API v2 does not send them";
}

// A second implementation of the rules of the contract.
int ExpectedCode(const std::string& folder, const json& member) {
  const int code = member["response_code"];
  const bool scanned = folder == "url" || folder == "file";
  const bool counts = member.contains("positives") && member.contains("total");
  if (folder == "url-scan" && code == 1) return -2;
  return code == 1 && scanned && !counts ? -2 : code;
}

// Whether several members of an array are about the asked URL in different
// spellings. Two recorded answers were joined by hand in this way.
bool IsAmbiguous(const Indicator& asked, const json& body) {
  return body.is_array() && asked.kind() == Kind::kUrl &&
         std::count_if(body.begin(), body.end(), [&](const json& member) {
           const auto named =
               Indicator::Parse(Kind::kUrl, Text(member, "resource"));
           return named.ok() && *named == asked;
         }) > 1;
}

// Whether the author of a recording has replaced the URL in it: the scan id
// then does not belong to the report's URL.
bool IsEdited(const std::string& folder, const json& member) {
  const std::string scan_id = Text(member, "scan_id");
  return folder == "url" && member.contains("positives") &&
         vtsim::IsScanId(scan_id) &&
         scan_id.substr(0, 64) != vtsim::Sha256Hex(Text(member, "url"));
}

void CompareMember(const std::string& folder, const json& member,
                   const std::string& body) {
  const auto indicator = AskedFor(folder, member);
  if (!indicator.ok()) {
    // The hash is impossible, so it cannot be asked for.
    EXPECT_NE(member["response_code"], 1);
    return;
  }
  const Purpose purpose =
      folder == "url-scan" ? Purpose::kSubmit : Purpose::kReport;
  const auto verdict =
      ReadFirst(kDialectV2, *indicator, purpose,
                {.status = 200, .retry_after = {}, .body = body});
  if (IsEdited(folder, member) || IsAmbiguous(*indicator, json::parse(body))) {
    EXPECT_TRUE(absl::IsUnavailable(verdict.status()));
    return;
  }
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  const int code = ExpectedCode(folder, member);
  EXPECT_EQ(verdict->response_code(), code);
  if (!Text(member, "verbose_msg").empty()) {
    EXPECT_EQ(verdict->message(), Text(member, "verbose_msg"));
  }
  if (code == 1 || code == -2) {
    EXPECT_EQ(verdict->permalink(), Text(member, "permalink"));
    EXPECT_EQ(verdict->scan_id(),
              absl::StripAsciiWhitespace(Text(member, "scan_id")));
    EXPECT_EQ(verdict->scan_time().seconds(),
              Seconds(Text(member, "scan_date")));
  }
  const bool counted = code == 1 && (folder == "url" || folder == "file");
  EXPECT_EQ(verdict->has_positives(), counted);
  EXPECT_EQ(verdict->has_total(), counted);
  if (counted) {
    EXPECT_EQ(verdict->positives(), member["positives"].get<uint32_t>());
    EXPECT_EQ(verdict->total(), member["total"].get<uint32_t>());
  }
  if (code != 1) return;
  CompareAllInfo(member, *verdict);
  if (folder == "url") {
    EXPECT_EQ(verdict->url().url(), Text(member, "url"));
    EXPECT_EQ(verdict->url().file_scan_id(), Text(member, "filescan_id"));
    CompareEngines(member, verdict->url().engines());
  } else if (folder == "file") {
    CompareFile(member, verdict->file());
  } else if (folder == "domain") {
    CompareDomain(member, verdict->domain());
  } else {
    CompareIp(member, verdict->ip());
  }
}

TEST(V2Conformance, EveryRecordedAnswer) {
  for (const Sample& sample : SamplesOf("v2")) {
    SCOPED_TRACE(sample.folder + "/" + sample.name);
    json parsed = json::parse(sample.body);
    const json list =
        parsed.is_array() ? parsed : json::array({std::move(parsed)});
    for (const json& member : list) {
      CompareMember(sample.folder, member, sample.body);
    }
  }
}

}  // namespace
}  // namespace vtlookup
