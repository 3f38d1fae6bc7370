#include "sim/v3_answers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/text.h"
#include "sim/v3_statements.h"

namespace vtsim {
namespace {

constexpr char kApi[] = "https://www.virustotal.com/api/v3/";
constexpr size_t kInlineMembers = 20;

struct Collection {
  const char* type;
  const char* path;
};

Collection CollectionOf(Kind kind) {
  switch (kind) {
    case Kind::kUrl:
      return {"url", "urls"};
    case Kind::kDomain:
      return {"domain", "domains"};
    case Kind::kIp:
      return {"ip_address", "ip_addresses"};
    case Kind::kFile:
      return {"file", "files"};
  }
  return {"", ""};
}

std::string IdOf(const Facts& facts) {
  return facts.kind == Kind::kUrl || facts.kind == Kind::kFile ? facts.sha256
                                                               : facts.name;
}

Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

// For URLs v3 says "phishing" where v2 says "phishing site".
std::string UrlLabel(const std::string& v2_label) {
  const std::string suffix = " site";
  return v2_label.ends_with(suffix)
             ? v2_label.substr(0, v2_label.size() - suffix.size())
             : v2_label;
}

Json Stats(const Facts& facts) {
  const auto count = [&](const std::string& category) {
    return std::count_if(
        facts.engines.begin(), facts.engines.end(),
        [&](const EngineFact& engine) { return engine.category == category; });
  };
  Json stats;
  for (const char* category :
       {"harmless", "malicious", "suspicious", "undetected"}) {
    stats[category] = count(category);
  }
  // These engines have no opinion, and v2 does not count them.
  stats["timeout"] = facts.silent_engines;
  if (facts.kind == Kind::kFile) {
    stats["confirmed-timeout"] = 0;
    stats["failure"] = 0;
    stats["type-unsupported"] = facts.silent_engines;
  }
  return stats;
}

Json NoStats() {
  return {{"harmless", 0},
          {"malicious", 0},
          {"suspicious", 0},
          {"undetected", 0},
          {"timeout", 0}};
}

Json Results(const Facts& facts) {
  Json results = Json::object();
  const bool file = facts.kind == Kind::kFile;
  for (const EngineFact& engine : facts.engines) {
    Json result;
    result["category"] = engine.category;
    result["engine_name"] = engine.name;
    if (file) {
      result["engine_version"] = TextOrNull(engine.version);
      result["engine_update"] = engine.update;
    }
    result["method"] = "blacklist";
    result["result"] = TextOrNull(file ? engine.label : UrlLabel(engine.label));
    results[engine.name] = std::move(result);
  }
  for (uint32_t i = 0; i < facts.silent_engines; ++i) {
    const std::string name = "Silent Engine " + std::to_string(i);
    results[name] = {{"category", file ? "type-unsupported" : "timeout"},
                     {"engine_name", name},
                     {"method", "blacklist"},
                     {"result", nullptr}};
  }
  return results;
}

void AddAnalysis(const Facts& facts, Json* attributes) {
  if (facts.outcome == Outcome::kQueued) {
    (*attributes)["last_analysis_stats"] = NoStats();
    (*attributes)["last_analysis_results"] = Json::object();
    return;
  }
  (*attributes)["last_analysis_date"] = facts.analysed;
  (*attributes)["last_analysis_stats"] = Stats(facts);
  (*attributes)["last_analysis_results"] = Results(facts);
}

Json Attributes(const Facts& facts) {
  Json attributes;
  switch (facts.kind) {
    case Kind::kUrl:
      attributes["url"] = facts.name;
      attributes["categories"] = Json::object();
      break;
    case Kind::kFile:
      attributes["md5"] = facts.md5;
      attributes["sha1"] = facts.sha1;
      attributes["sha256"] = facts.sha256;
      break;
    case Kind::kDomain: {
      Json categories = Json::object();
      for (const auto& [vendor, category] : facts.vendor_categories) {
        categories[vendor] = category;
      }
      attributes["categories"] = std::move(categories);
      break;
    }
    case Kind::kIp:
      attributes["asn"] = facts.asn;
      attributes["as_owner"] = facts.as_owner;
      attributes["country"] = facts.country;
      attributes["continent"] = facts.continent;
      attributes["network"] = facts.network;
      break;
  }
  if (facts.kind == Kind::kDomain || facts.kind == Kind::kIp) {
    attributes["whois"] = facts.whois;
    attributes["whois_date"] = facts.whois_time;
  }
  AddStatements(facts, &attributes);
  AddAnalysis(facts, &attributes);
  return attributes;
}

std::vector<std::string> MembersOf(const Facts& facts,
                                   const std::string& relationship) {
  std::vector<std::string> ids;
  if (relationship == "resolutions") {
    for (const auto& [other, time] : facts.resolutions) {
      ids.push_back(facts.kind == Kind::kIp ? facts.name + other
                                            : other + facts.name);
    }
  } else if (relationship == "communicating_files") {
    for (const CountedFact& file : facts.communicating) {
      ids.push_back(file.name);
    }
  } else if (relationship == "siblings") {
    ids = facts.siblings;
  } else if (relationship == "subdomains") {
    ids = facts.subdomains;
  }
  return ids;
}

Json InlineRelationship(const Facts& facts, const std::string& relationship) {
  const char* type = "domain";
  if (relationship == "resolutions") type = "resolution";
  if (relationship == "communicating_files") type = "file";
  Json data = Json::array();
  for (const std::string& id : MembersOf(facts, relationship)) {
    if (data.size() == kInlineMembers) break;
    data.push_back({{"type", type}, {"id", id}});
  }
  const std::string self =
      std::string(kApi) + CollectionOf(facts.kind).path + "/" + IdOf(facts);
  return {{"data", std::move(data)},
          {"links",
           {{"self", self + "/relationships/" + relationship + "?limit=20"},
            {"related", self + "/" + relationship}}}};
}

// A URL or a file in a relationship, as a whole object.
Json Member(const CountedFact& fact, bool url) {
  Json attributes;
  if (url) attributes["url"] = fact.name;
  attributes["last_analysis_date"] = fact.time;
  attributes["last_analysis_stats"] = {
      {"harmless", fact.total - fact.positives},
      {"malicious", fact.positives},
      {"suspicious", 0},
      {"undetected", 0},
      {"timeout", 1}};
  return {{"type", url ? "url" : "file"},
          {"id", url ? Sha256Hex(fact.name) : fact.name},
          {"attributes", std::move(attributes)}};
}

}  // namespace

std::string V3AnalysisId(const Facts& facts, int64_t time) {
  return "u-" + facts.sha256 + "-" + std::to_string(time);
}

Json V3Object(const Facts& facts, const std::set<std::string>& relationships) {
  const Collection collection = CollectionOf(facts.kind);
  Json data;
  data["type"] = collection.type;
  data["id"] = IdOf(facts);
  data["links"] = {
      {"self", std::string(kApi) + collection.path + "/" + IdOf(facts)}};
  data["attributes"] = Attributes(facts);
  for (const std::string& relationship : relationships) {
    data["relationships"][relationship] =
        InlineRelationship(facts, relationship);
  }
  return {{"data", std::move(data)}};
}

Json V3Submitted(const Facts& facts, int64_t time) {
  const std::string id = V3AnalysisId(facts, time);
  return {{"data",
           {{"type", "analysis"},
            {"id", id},
            {"links", {{"self", std::string(kApi) + "analyses/" + id}}}}}};
}

Json V3Analysis(const Facts& facts, int64_t time, bool done) {
  const std::string id = V3AnalysisId(facts, time);
  return {
      {"data",
       {{"type", "analysis"},
        {"id", id},
        {"links",
         {{"self", std::string(kApi) + "analyses/" + id},
          {"item", std::string(kApi) + "urls/" + facts.sha256}}},
        {"attributes",
         {{"status", done ? "completed" : "queued"},
          {"date", time},
          {"stats", done ? Stats(facts) : NoStats()},
          {"results", done ? Results(facts) : Json::object()}}}}},
      {"meta", {{"url_info", {{"id", facts.sha256}, {"url", facts.name}}}}}};
}

Json V3Page(const Facts& facts, const std::string& relationship, size_t from,
            size_t limit) {
  const bool urls = relationship == "urls";
  std::vector<CountedFact> all = urls ? facts.detected_urls : facts.downloaded;
  if (urls) {
    all.insert(all.end(), facts.undetected_urls.begin(),
               facts.undetected_urls.end());
  }
  Json data = Json::array();
  size_t at = from;
  for (; at < all.size() && data.size() < limit; ++at) {
    data.push_back(Member(all[at], urls));
  }
  Json page{{"data", std::move(data)}};
  if (at < all.size()) page["meta"]["cursor"] = std::to_string(at);
  return page;
}

Json V3Error(const std::string& code, const std::string& message) {
  return {{"error", {{"code", code}, {"message", message}}}};
}

}  // namespace vtsim
