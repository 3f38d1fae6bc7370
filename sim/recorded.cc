#include "sim/recorded.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <vector>

#include "sim/text.h"
#include "sim/world.h"

namespace vtsim {
namespace {

namespace fs = std::filesystem;

std::optional<Kind> KindOfPath(const fs::path& path) {
  std::optional<Kind> kind;
  for (const fs::path& part : path.parent_path()) {
    if (part == "url") kind = Kind::kUrl;
    if (part == "file") kind = Kind::kFile;
    if (part == "domain") kind = Kind::kDomain;
    if (part == "ip") kind = Kind::kIp;
    // Answers of other endpoints are in folders beside these.
    if (part == "url-scan") return std::nullopt;
  }
  return kind;
}

std::string TextAt(const nlohmann::ordered_json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>()
                                                   : "";
}

// The id of a URL is the hash of the URL. Otherwise the recording was edited:
// the service has never sent it.
bool IsEdited(const std::string& url, const std::string& id) {
  return !url.empty() && Sha256Hex(url) != id;
}

// Returns what the body is about, in canonical form.
std::set<std::string> NamesIn(Kind kind, const nlohmann::ordered_json& body) {
  std::set<std::string> names;
  if (kind == Kind::kUrl) {
    for (const char* key : {"resource", "url"}) {
      const std::string text = TextAt(body, key);
      if (text.empty()) continue;
      if (const auto url = CanonicalUrl(text)) names.insert(*url);
    }
  } else if (kind == Kind::kFile) {
    for (const char* key : {"resource", "md5", "sha1", "sha256"}) {
      const std::string text = Lower(TextAt(body, key));
      if (IsHex(text)) names.insert(text);
    }
  }
  const std::string scan_id = Lower(Trim(TextAt(body, "scan_id")));
  if (!scan_id.empty()) names.insert(scan_id);
  return names;
}

bool IsOfV3(const fs::path& path) {
  return std::any_of(path.begin(), path.end(),
                     [](const fs::path& part) { return part == "v3"; });
}

// For example `found-027.ru-2018-webutation` is about 027.ru.
std::optional<std::string> NameInStem(Kind kind, const std::string& stem) {
  for (const std::string& part : SplitText(stem, '-')) {
    const bool fits = kind == Kind::kIp ? IsIpv4(part) : IsDomain(part);
    if (fits) return Lower(part);
  }
  return std::nullopt;
}

}  // namespace

void RecordedAnswers::Load(const std::string& folder) {
  std::vector<fs::path> files;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.path().extension() == ".json") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& path : files) {
    std::ifstream in(path);
    Json body = Json::parse(in, nullptr, /*allow_exceptions=*/false);
    if (body.is_discarded()) {
      throw std::runtime_error(path.string() + ": not JSON");
    }
    if (IsOfV3(path)) {
      AddV3(body);
      continue;
    }
    const std::optional<Kind> kind = KindOfPath(path);
    if (!kind.has_value()) continue;
    if (!body.is_array()) body = Json::array({std::move(body)});
    for (const Json& member : body) AddV2(*kind, path.stem().string(), member);
  }
}

void RecordedAnswers::AddV2(Kind kind, const std::string& stem,
                            const Json& body) {
  if (kind == Kind::kUrl && body.contains("positives") &&
      IsScanId(TextAt(body, "scan_id")) &&
      IsEdited(TextAt(body, "url"), TextAt(body, "scan_id").substr(0, 64))) {
    return;
  }
  if (kind == Kind::kUrl || kind == Kind::kFile) {
    for (const std::string& name : NamesIn(kind, body)) {
      v2_[{kind, name}] = body;
    }
  } else if (const auto name = NameInStem(kind, stem)) {
    v2_[{kind, *name}] = body;
  }
}

// Skips everything that is no object: pages, errors and so on.
void RecordedAnswers::AddV3(const Json& body) {
  if (!body.is_object() || !body.contains("data")) return;
  const Json& data = body["data"];
  if (!data.is_object() || !data.contains("attributes")) return;
  const Json& attributes = data["attributes"];
  const std::string type = TextAt(data, "type");
  const std::string id = TextAt(data, "id");
  if (type == "file") {
    for (const char* hash : {"md5", "sha1", "sha256"}) {
      v3_[{Kind::kFile, TextAt(attributes, hash)}] = body;
    }
  } else if (type == "url" && !IsEdited(TextAt(attributes, "url"), id)) {
    const auto url = CanonicalUrl(TextAt(attributes, "url"));
    if (url.has_value()) v3_[{Kind::kUrl, *url}] = body;
  } else if (type == "domain") {
    v3_[{Kind::kDomain, id}] = body;
  } else if (type == "ip_address") {
    v3_[{Kind::kIp, id}] = body;
  } else if (type == "analysis") {
    analyses_[id] = body;
  }
}

std::optional<RecordedAnswers::Json> RecordedAnswers::FindV2(
    Kind kind, const std::string& canonical_name,
    const std::string& resource) const {
  const auto found = v2_.find({kind, canonical_name});
  if (found == v2_.end()) return std::nullopt;
  Json body = found->second;
  if (body.contains("resource")) body["resource"] = resource;
  return body;
}

std::optional<RecordedAnswers::Json> RecordedAnswers::FindV3(
    Kind kind, const std::string& canonical_name) const {
  const auto found = v3_.find({kind, canonical_name});
  if (found == v3_.end()) return std::nullopt;
  return found->second;
}

std::optional<RecordedAnswers::Json> RecordedAnswers::FindV3Analysis(
    const std::string& id) const {
  const auto found = analyses_.find(id);
  if (found == analyses_.end()) return std::nullopt;
  return found->second;
}

}  // namespace vtsim
