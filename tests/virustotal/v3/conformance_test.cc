// Reads every recorded answer of API v3, and compares the verdict of the
// dialect with the JSON itself, read by another library.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/failure.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "tests/virustotal/api/sample_files.h"

namespace vtlookup {
namespace {

using nlohmann::json;

// Returns the text of a member; empty when the member is missing or is no text.
std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : "";
}

json Member(const json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object[key] : json();
}

absl::StatusOr<v1::Verdict> ReadSample(const Sample& sample,
                                       const Indicator& indicator,
                                       Purpose purpose, int status = 200) {
  return ReadFirst(kDialectV3, indicator, purpose,
                   {.status = status, .retry_after = {}, .body = sample.body});
}

// Returns the number of opinions in the statistics; no value when there are no
// statistics.
std::optional<int> TotalOf(const json& stats) {
  if (!stats.is_object()) return std::nullopt;
  return stats.value("malicious", 0) + stats.value("suspicious", 0) +
         stats.value("undetected", 0) + stats.value("harmless", 0);
}

template <typename Report>
void CompareEngines(const json& results, const Report& report) {
  std::map<std::string, v1::EngineResult> engines;
  for (const v1::EngineResult& engine : report.engines()) {
    EXPECT_TRUE(engines.emplace(engine.engine(), engine).second);
  }
  size_t opinions = 0;
  const json list = results.is_object() ? results : json::object();
  for (const auto& [name, result] : list.items()) {
    const std::string category = result["category"];
    if (category != "malicious" && category != "suspicious" &&
        category != "harmless" && category != "undetected") {
      EXPECT_FALSE(engines.contains(name)) << name;
      continue;
    }
    ++opinions;
    ASSERT_TRUE(engines.contains(name)) << name;
    const v1::EngineResult& engine = engines[name];
    EXPECT_EQ(engine.detected(), category == "malicious");
    std::string upper = category;
    for (char& c : upper) c = static_cast<char>(std::toupper(c));
    EXPECT_EQ(v1::EngineCategory_Name(engine.category()),
              "ENGINE_CATEGORY_" + upper);
    EXPECT_EQ(engine.result(), Text(result, "result"));
    EXPECT_EQ(engine.version(), Text(result, "engine_version"));
    EXPECT_EQ(engine.update(), Text(result, "engine_update"));
  }
  EXPECT_EQ(engines.size(), opinions);
}

template <typename Strings>
std::vector<std::string> ListOf(const Strings& strings) {
  return {strings.begin(), strings.end()};
}

// Returns the texts of a list; none when the member is missing or no list.
std::vector<std::string> Texts(const json& object, const char* key) {
  const json list = Member(object, key);
  return list.is_array() ? list.get<std::vector<std::string>>()
                         : std::vector<std::string>();
}

std::vector<std::string> CountedNames(const json& object, const char* key) {
  std::vector<std::string> names;
  for (const json& item : Member(object, key)) names.push_back(item["value"]);
  return names;
}

// Compares an optional number with a member, which may be missing.
#define EXPECT_NUMBER(message, field, object, key)                   \
  do {                                                               \
    const json member = Member(object, key);                         \
    EXPECT_EQ((message).has_##field(), member.is_number()) << (key); \
    if (member.is_number()) {                                        \
      EXPECT_EQ((message).field(), member.get<int64_t>()) << (key);  \
    }                                                                \
  } while (false)

void CompareCategories(const json& stats, const v1::Verdict& verdict) {
  EXPECT_EQ(verdict.has_counts(), stats.is_object());
  if (!stats.is_object()) return;
  const v1::EngineCounts& counts = verdict.counts();
  EXPECT_NUMBER(counts, malicious, stats, "malicious");
  EXPECT_NUMBER(counts, suspicious, stats, "suspicious");
  EXPECT_NUMBER(counts, undetected, stats, "undetected");
  EXPECT_NUMBER(counts, harmless, stats, "harmless");
  EXPECT_NUMBER(counts, failure, stats, "failure");
  EXPECT_NUMBER(counts, unsupported, stats, "type-unsupported");
  EXPECT_EQ(counts.has_timeout(), stats.contains("timeout"));
  EXPECT_EQ(counts.timeout(),
            stats.value("timeout", 0) + stats.value("confirmed-timeout", 0));
}

void CompareSandboxes(const json& sandboxes, const v1::Verdict& verdict) {
  ASSERT_EQ(verdict.sandbox_verdicts_size(), sandboxes.size());
  for (const v1::SandboxVerdict& said : verdict.sandbox_verdicts()) {
    ASSERT_TRUE(sandboxes.contains(said.sandbox())) << said.sandbox();
    const json& sandbox = sandboxes[said.sandbox()];
    EXPECT_EQ(said.category(), Text(sandbox, "category"));
    EXPECT_NUMBER(said, confidence, sandbox, "confidence");
    EXPECT_EQ(ListOf(said.classifications()),
              Texts(sandbox, "malware_classification"));
    EXPECT_EQ(ListOf(said.malware_names()), Texts(sandbox, "malware_names"));
  }
}

std::string GtiText(const json& gti, const char* key) {
  const json part = Member(gti, key);
  return part.is_object() ? Text(part, "value") : "";
}

// Compares what VirusTotal says besides its engines.
void CompareStatements(const json& attributes, const v1::Verdict& verdict) {
  EXPECT_NUMBER(verdict, reputation, attributes, "reputation");
  EXPECT_NUMBER(verdict, times_submitted, attributes, "times_submitted");
  EXPECT_EQ(verdict.first_submitted().seconds(),
            attributes.value("first_submission_date", 0));
  EXPECT_EQ(verdict.last_submitted().seconds(),
            attributes.value("last_submission_date", 0));
  EXPECT_EQ(ListOf(verdict.tags()), Texts(attributes, "tags"));
  EXPECT_EQ(ListOf(verdict.names()), Texts(attributes, "names"));
  const json votes = Member(attributes, "total_votes");
  EXPECT_EQ(verdict.has_votes(), votes.is_object());
  if (votes.is_object()) {
    EXPECT_EQ(verdict.votes().harmless(), votes.value("harmless", 0U));
    EXPECT_EQ(verdict.votes().malicious(), votes.value("malicious", 0U));
  }
  const json threat = Member(attributes, "popular_threat_classification");
  EXPECT_EQ(verdict.threat_label(),
            threat.is_object() ? Text(threat, "suggested_threat_label") : "");
  EXPECT_EQ(ListOf(verdict.threat_categories()),
            CountedNames(threat, "popular_threat_category"));
  std::vector<std::string> families =
      CountedNames(threat, "popular_threat_name");
  for (std::string& name : Texts(attributes, "threat_names")) {
    families.push_back(std::move(name));
  }
  EXPECT_EQ(ListOf(verdict.threat_families()), families);
  const json gti = Member(attributes, "gti_assessment");
  EXPECT_EQ(verdict.has_gti(), gti.is_object());
  EXPECT_EQ(verdict.gti().verdict(), GtiText(gti, "verdict"));
  EXPECT_EQ(verdict.gti().severity(), GtiText(gti, "severity"));
  EXPECT_NUMBER(verdict.gti(), score, Member(gti, "threat_score"), "value");
  const json sandboxes = Member(attributes, "sandbox_verdicts");
  CompareSandboxes(sandboxes.is_object() ? sandboxes : json::object(), verdict);
}

void CompareCounts(const json& stats, const v1::Verdict& verdict) {
  const std::optional<int> total = TotalOf(stats);
  EXPECT_EQ(verdict.has_total(), total.has_value());
  EXPECT_EQ(verdict.has_positives(), total.has_value());
  EXPECT_EQ(static_cast<int>(verdict.total()), total.value_or(0));
  if (total.has_value()) {
    EXPECT_EQ(verdict.positives(), stats["malicious"].get<uint32_t>());
  }
  CompareCategories(stats, verdict);
}

// Returns the ids of an inline relationship.
std::vector<std::string> IdsOf(const json& data, const char* relationship) {
  std::vector<std::string> ids;
  const json members =
      Member(Member(Member(data, "relationships"), relationship), "data");
  if (!members.is_array()) return ids;
  for (const json& member : members) ids.push_back(member["id"]);
  return ids;
}

template <typename Report>
void CompareNetwork(const json& data, const Report& report) {
  const json& attributes = data["attributes"];
  std::vector<std::string> hashes;
  for (const auto& file : report.communicating_files()) {
    hashes.push_back(file.sha256());
    EXPECT_FALSE(file.has_positives());
  }
  EXPECT_EQ(hashes, IdsOf(data, "communicating_files"));
  std::vector<std::string> resolutions;
  for (const auto& resolution : report.resolutions()) {
    // One half of the id is the asked indicator, which is left out.
    const std::string asked = data["id"];
    resolutions.push_back(resolution.ip_address().empty()
                              ? asked + resolution.host_name()
                              : resolution.ip_address() + asked);
  }
  EXPECT_EQ(resolutions, IdsOf(data, "resolutions"));
  for (const char* list : {"communicating_files", "resolutions"}) {
    const json relationship = Member(Member(data, "relationships"), list);
    EXPECT_EQ(std::count(report.empty_lists().begin(),
                         report.empty_lists().end(), list),
              Member(relationship, "data") == json::array() ? 1 : 0)
        << list;
  }
  EXPECT_EQ(report.whois(), Text(attributes, "whois"));
  EXPECT_EQ(report.whois_time().seconds(), attributes.value("whois_date", 0));
  CompareEngines(Member(attributes, "last_analysis_results"), report);
}

void CompareDomain(const json& data, const v1::DomainReport& report) {
  CompareNetwork(data, report);
  EXPECT_EQ(ListOf(report.siblings()), IdsOf(data, "siblings"));
  EXPECT_EQ(ListOf(report.subdomains()), IdsOf(data, "subdomains"));
  const json& attributes = data["attributes"];
  const json categories = attributes.value("categories", json::object());
  EXPECT_EQ(report.vendor_categories_size(), categories.size());
  std::set<std::string> all;
  for (const auto& [vendor, category] : categories.items()) {
    EXPECT_EQ(report.vendor_categories().at(vendor),
              category.get<std::string>());
    all.insert(category.get<std::string>());
  }
  EXPECT_EQ(std::set<std::string>(report.categories().begin(),
                                  report.categories().end()),
            all);
  EXPECT_EQ(report.categories_size(), static_cast<int>(all.size()));
  EXPECT_EQ(report.websense_category(),
            Text(categories, "Websense ThreatSeeker"));
  EXPECT_EQ(report.forcepoint_category(),
            Text(categories, "Forcepoint ThreatSeeker"));
  EXPECT_EQ(report.registrar(), Text(attributes, "registrar"));
  EXPECT_EQ(report.created().seconds(), attributes.value("creation_date", 0));
  EXPECT_FALSE(report.has_webutation_safety_score());
  EXPECT_EQ(report.webutation_verdict(), "");
}

void CompareIp(const json& data, const v1::IpReport& report) {
  CompareNetwork(data, report);
  const json& attributes = data["attributes"];
  EXPECT_EQ(report.as_owner(), Text(attributes, "as_owner"));
  EXPECT_EQ(report.country(), Text(attributes, "country"));
  EXPECT_EQ(report.continent(), Text(attributes, "continent"));
  EXPECT_EQ(report.network(), Text(attributes, "network"));
  EXPECT_EQ(report.registry(), Text(attributes, "regional_internet_registry"));
  EXPECT_EQ(report.as_number(), attributes.value("asn", 0U));
}

// Two recordings were edited or made up: their id is not the hash of their URL.
bool IsEdited(const Sample& sample) {
  return sample.name == "found-google-2020.json" ||
         sample.name == "found-mock-small.json";
}

TEST(V3Conformance, Urls) {
  for (const Sample& sample : SamplesOf("v3/url")) {
    SCOPED_TRACE(sample.name);
    const json data = json::parse(sample.body)["data"];
    const json& attributes = data["attributes"];
    const std::string url = Text(attributes, "url");
    const auto indicator =
        Indicator::Parse(Kind::kUrl, url.empty() ? "http://a.com/" : url);
    const auto verdict = ReadSample(sample, *indicator, Purpose::kReport);
    if (IsEdited(sample)) {
      EXPECT_TRUE(absl::IsUnavailable(verdict.status()));
      continue;
    }
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_EQ(verdict->response_code(), 1);
    CompareCounts(attributes["last_analysis_stats"], *verdict);
    EXPECT_EQ(verdict->scan_time().seconds(),
              attributes["last_analysis_date"].get<int64_t>());
    EXPECT_EQ(verdict->url().url(), url);
    EXPECT_EQ(verdict->url().resource(), indicator->text());
    const std::string id = data["id"];
    EXPECT_EQ(verdict->permalink(), "https://www.virustotal.com/gui/url/" + id);
    EXPECT_EQ(verdict->scan_id(),
              id + "-" + std::to_string(verdict->scan_time().seconds()));
    CompareEngines(attributes["last_analysis_results"], verdict->url());
    CompareStatements(attributes, *verdict);
    EXPECT_EQ(verdict->url().title(), Text(attributes, "title"));
    EXPECT_EQ(verdict->url().final_url(), Text(attributes, "last_final_url"));
  }
}

TEST(V3Conformance, Files) {
  for (const Sample& sample : SamplesOf("v3/file")) {
    SCOPED_TRACE(sample.name);
    const json data = json::parse(sample.body)["data"];
    const json& attributes = data["attributes"];
    for (const char* hash : {"md5", "sha1", "sha256"}) {
      const auto indicator =
          Indicator::Parse(Kind::kFile, Text(attributes, hash));
      ASSERT_TRUE(indicator.ok());
      const auto verdict = ReadSample(sample, *indicator, Purpose::kReport);
      ASSERT_TRUE(verdict.ok()) << verdict.status();
      EXPECT_EQ(verdict->response_code(), 1);
      CompareCounts(attributes["last_analysis_stats"], *verdict);
      EXPECT_EQ(verdict->file().md5(), Text(attributes, "md5"));
      EXPECT_EQ(verdict->file().sha1(), Text(attributes, "sha1"));
      EXPECT_EQ(verdict->file().sha256(), Text(attributes, "sha256"));
      const std::string id = data["id"];
      const int64_t date = attributes["last_analysis_date"];
      EXPECT_EQ(verdict->scan_time().seconds(), date);
      EXPECT_EQ(verdict->scan_id(), id + "-" + std::to_string(date));
      EXPECT_EQ(verdict->permalink(),
                "https://www.virustotal.com/gui/file/" + id);
      CompareEngines(attributes["last_analysis_results"], verdict->file());
      CompareStatements(attributes, *verdict);
      EXPECT_EQ(verdict->file().type(), Text(attributes, "type_description"));
      EXPECT_EQ(verdict->file().size(), attributes.value("size", uint64_t{0}));
      EXPECT_EQ(verdict->file().name(), Text(attributes, "meaningful_name"));
    }
  }
}

TEST(V3Conformance, DomainsAndAddresses) {
  for (const Kind kind : {Kind::kDomain, Kind::kIp}) {
    const bool domain = kind == Kind::kDomain;
    for (const Sample& sample : SamplesOf(domain ? "v3/domain" : "v3/ip")) {
      SCOPED_TRACE(sample.name);
      const json data = json::parse(sample.body)["data"];
      const json& attributes = data["attributes"];
      const std::string id = data["id"];
      const auto verdict =
          ReadSample(sample, *Indicator::Parse(kind, id), Purpose::kReport);
      ASSERT_TRUE(verdict.ok()) << verdict.status();
      EXPECT_EQ(verdict->response_code(), 1);
      CompareCounts(Member(attributes, "last_analysis_stats"), *verdict);
      EXPECT_EQ(verdict->scan_time().seconds(),
                attributes.value("last_analysis_date", 0));
      EXPECT_EQ(verdict->permalink(),
                std::string("https://www.virustotal.com/gui/") +
                    (domain ? "domain/" : "ip-address/") + id);
      EXPECT_EQ(verdict->scan_id(), "");
      CompareStatements(attributes, *verdict);
      if (domain) {
        CompareDomain(data, verdict->domain());
      } else {
        CompareIp(data, verdict->ip());
      }
    }
  }
}

TEST(V3Conformance, Analyses) {
  for (const Sample& sample : SamplesOf("v3/analysis")) {
    SCOPED_TRACE(sample.name);
    const json body = json::parse(sample.body);
    const json& data = body["data"];
    const std::string id =
        data["id"].is_string() ? data["id"].get<std::string>() : "";
    const bool of_url = id.starts_with("u-") && data["type"] == "analysis";
    const std::string scan_id =
        of_url ? id.substr(2) : std::string(64, 'a') + "-1";
    const auto scan = Indicator::Parse(Kind::kUrlScan, scan_id);
    ASSERT_TRUE(scan.ok());
    const json attributes = Member(data, "attributes");
    const std::string status =
        attributes.is_object() ? Text(attributes, "status") : "";

    const json meta = Member(body, "meta");
    const std::string url =
        meta.is_object() ? Text(Member(meta, "url_info"), "url") : "";
    const auto submitted = ReadSample(
        sample,
        *Indicator::Parse(Kind::kUrl, url.empty() ? "http://a.com/" : url),
        Purpose::kSubmit);
    ASSERT_EQ(submitted.ok(), of_url);
    if (of_url) {
      EXPECT_EQ(submitted->response_code(), -2);
      EXPECT_EQ(submitted->scan_id(), scan_id);
      EXPECT_EQ(std::to_string(submitted->scan_time().seconds()),
                scan_id.substr(65));
      EXPECT_FALSE(submitted->has_positives());
    }

    const auto verdict = ReadSample(sample, *scan, Purpose::kReport);
    ASSERT_EQ(verdict.ok(), of_url) << verdict.status();
    if (!of_url) continue;
    EXPECT_EQ(verdict->scan_id(), scan_id);
    if (status != "completed") {
      EXPECT_EQ(verdict->response_code(), -2);
      EXPECT_FALSE(verdict->has_positives());
      continue;
    }
    EXPECT_EQ(verdict->response_code(), 1);
    CompareCounts(attributes["stats"], *verdict);
    CompareEngines(attributes["results"], verdict->url());
    EXPECT_EQ(verdict->scan_time().seconds(), attributes["date"]);
    EXPECT_EQ(verdict->url().url(), Text(body["meta"]["url_info"], "url"));
    EXPECT_EQ(verdict->permalink(), "https://www.virustotal.com/gui/url/" +
                                        Text(body["meta"]["url_info"], "id"));
  }
}

// A row of the table of errors: the failure when the kind of the error makes no
// difference.
struct ErrorRow {
  absl::StatusCode status;
  const char* reason;
};
const std::map<std::string, ErrorRow> kErrors = {
    {"BadRequestError", {absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"}},
    {"NotAvailableYet",
     {absl::StatusCode::kUnavailable, "VIRUSTOTAL_NOT_AVAILABLE_YET"}},
    {"AuthenticationRequiredError",
     {absl::StatusCode::kFailedPrecondition, "API_KEY_REFUSED"}},
    {"WrongCredentialsError",
     {absl::StatusCode::kFailedPrecondition, "API_KEY_REFUSED"}},
    {"ForbiddenError",
     {absl::StatusCode::kFailedPrecondition, "API_KEY_NOT_ALLOWED"}},
    {"UserNotActiveError",
     {absl::StatusCode::kFailedPrecondition, "API_KEY_REFUSED"}},
    {"FailedDependencyError",
     {absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"}},
    {"AlreadyExistsError",
     {absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"}},
    {"QuotaExceededError",
     {absl::StatusCode::kResourceExhausted, "QUOTA_MINUTE_EXCEEDED"}},
    {"TooManyRequests",
     {absl::StatusCode::kResourceExhausted, "VIRUSTOTAL_TOO_MANY_REQUESTS"}},
    {"TooManyRequestsError",
     {absl::StatusCode::kResourceExhausted, "VIRUSTOTAL_TOO_MANY_REQUESTS"}},
    {"TransientError", {absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"}},
    {"DeadlineExceededError",
     {absl::StatusCode::kUnavailable, "VIRUSTOTAL_FAILED"}},
};

TEST(V3Conformance, Errors) {
  const Indicator file = *Indicator::Parse(Kind::kFile, std::string(64, 'a'));
  for (const Sample& sample : SamplesOf("v3/error")) {
    SCOPED_TRACE(sample.name);
    const json error = json::parse(sample.body)["error"];
    const std::string code = error["code"];
    const auto verdict =
        ReadSample(sample, file, Purpose::kReport, std::stoi(sample.name));
    if (code == "NotFoundError" || code == "InvalidArgumentError") {
      ASSERT_TRUE(verdict.ok()) << verdict.status();
      EXPECT_EQ(verdict->response_code(), code == "NotFoundError" ? 0 : -1);
      continue;
    }
    ASSERT_TRUE(kErrors.contains(code)) << code;
    EXPECT_EQ(verdict.status().code(), kErrors.at(code).status);
    EXPECT_EQ(FailureOf(verdict.status()).reason, kErrors.at(code).reason);
    // The failure has no text of VirusTotal's, which may hold the key or the
    // URL.
    EXPECT_EQ(verdict.status().message().find(Text(error, "message")),
              std::string::npos);
  }
}

}  // namespace
}  // namespace vtlookup
