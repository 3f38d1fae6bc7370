#include "sim/v3_statements.h"

namespace vtsim {
namespace {

using Json = nlohmann::ordered_json;

Json Counted(const std::string& name, uint32_t count) {
  return {{"value", name}, {"count", count}};
}

// Only about a bad indicator do engines agree on a name.
Json Threat(const Facts& facts) {
  return {{"suggested_threat_label", "trojan." + facts.family},
          {"popular_threat_category",
           Json::array({Counted("trojan", 1 + facts.positives()),
                        Counted("worm", facts.positives())})},
          {"popular_threat_name",
           Json::array({Counted(facts.family, facts.positives())})}};
}

Json Gti(const Facts& facts) {
  const bool bad = facts.positives() > 0;
  return {{"verdict",
           {{"value", bad ? "VERDICT_MALICIOUS" : "VERDICT_UNDETECTED"}}},
          {"severity", {{"value", bad ? "SEVERITY_HIGH" : "SEVERITY_NONE"}}},
          {"threat_score", {{"value", bad ? 80 : 1}}}};
}

Json Sandboxes(const Facts& facts) {
  const bool bad = facts.positives() > 0;
  Json zenbox{
      {"category", bad ? "malicious" : "harmless"},
      {"sandbox_name", "Zenbox"},
      {"confidence", 90},
      {"malware_classification", Json::array({bad ? "MALWARE" : "CLEAN"})}};
  if (bad) zenbox["malware_names"] = Json::array({facts.family});
  return {{"Zenbox", std::move(zenbox)}};
}

// An item that is queued has come for the first time, and no date yet.
void AddSubmissions(const Facts& facts, Json* attributes) {
  if (facts.outcome == Outcome::kQueued) return;
  (*attributes)["first_submission_date"] = facts.first_submitted;
  (*attributes)["last_submission_date"] = facts.last_submitted;
  (*attributes)["times_submitted"] = facts.times_submitted;
}

}  // namespace

void AddStatements(const Facts& facts, Json* attributes) {
  Json& out = *attributes;
  const bool bad = facts.positives() > 0;
  out["reputation"] = facts.reputation;
  out["total_votes"] = {{"harmless", facts.harmless_votes},
                        {"malicious", facts.malicious_votes}};
  out["tags"] = facts.tags;
  if (facts.has_gti) out["gti_assessment"] = Gti(facts);
  switch (facts.kind) {
    case Kind::kUrl:
      AddSubmissions(facts, attributes);
      out["title"] = "Page " + facts.family;
      out["last_final_url"] = facts.name;
      out["threat_names"] = bad ? Json::array({facts.family}) : Json::array();
      break;
    case Kind::kFile:
      AddSubmissions(facts, attributes);
      out["size"] = facts.size;
      out["type_description"] = facts.type;
      out["meaningful_name"] = facts.file_names.front();
      out["names"] = facts.file_names;
      out["sandbox_verdicts"] = Sandboxes(facts);
      if (bad) out["popular_threat_classification"] = Threat(facts);
      break;
    case Kind::kDomain:
      out["registrar"] =
          facts.registrar.empty() ? Json(nullptr) : Json(facts.registrar);
      out["creation_date"] = facts.first_submitted;
      break;
    case Kind::kIp:
      out["regional_internet_registry"] = "RIPE NCC";
      break;
  }
}

}  // namespace vtsim
