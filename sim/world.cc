#include "sim/world.h"

#include "sim/text.h"

namespace vtsim {
namespace {

std::optional<std::string> Find(const std::map<std::string, std::string>& map,
                                const std::string& name) {
  const auto found = map.find(name);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

Facts World::FactsOf(Kind kind, const std::string& name) const {
  Facts facts = InventFacts(kind, name);
  for (const FaultRule& rule : rules_) {
    if (rule.fault.outcome.has_value() && !rule.match.empty() &&
        (rule.match == "*" || name.find(rule.match) != std::string::npos)) {
      facts.outcome = *rule.fault.outcome;
      break;
    }
  }
  return facts;
}

void World::Submit(const std::string& url, int64_t now) {
  submitted_[url] = now;
}

std::optional<World::Submission> World::SubmissionOf(const std::string& url,
                                                     int64_t now) const {
  const auto found = submitted_.find(url);
  if (found == submitted_.end()) return std::nullopt;
  return Submission{.time = found->second,
                    .done = now >= found->second + queue_seconds_};
}

void World::NoteScan(const std::string& scan_id, const std::string& url) {
  scans_[scan_id] = url;
  urls_[scan_id.substr(0, 64)] = url;
}

std::optional<std::string> World::UrlOfScan(const std::string& scan_id) const {
  return Find(scans_, scan_id);
}

std::optional<std::string> World::UrlOfSha256(const std::string& sha256) const {
  return Find(urls_, sha256);
}

bool IsScanId(const std::string& text) {
  return text.size() > 65 && text[64] == '-' && IsHex(text.substr(0, 64));
}

}  // namespace vtsim
