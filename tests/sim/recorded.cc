#include "tests/sim/recorded.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <vector>

#include "tests/sim/text.h"

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
    // Other APIs and endpoints lie beside these.
    if (part == "v3" || part == "url-scan") return std::nullopt;
  }
  return kind;
}

std::string TextAt(const nlohmann::ordered_json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>()
                                                   : "";
}

// What the body says it is about, in canonical form.
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

// `found-027.ru-2018-webutation` is about 027.ru.
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
    const std::optional<Kind> kind = KindOfPath(path);
    if (!kind.has_value()) continue;
    std::ifstream in(path);
    Json body = Json::parse(in, nullptr, /*allow_exceptions=*/false);
    if (body.is_discarded()) {
      throw std::runtime_error(path.string() + ": not JSON");
    }
    if (!body.is_array()) body = Json::array({std::move(body)});
    for (const Json& member : body) Add(*kind, path.stem().string(), member);
  }
}

void RecordedAnswers::Add(Kind kind, const std::string& stem,
                          const Json& body) {
  if (kind == Kind::kUrl || kind == Kind::kFile) {
    for (const std::string& name : NamesIn(kind, body)) {
      answers_[{kind, name}] = body;
    }
  } else if (const auto name = NameInStem(kind, stem)) {
    answers_[{kind, *name}] = body;
  }
}

std::optional<RecordedAnswers::Json> RecordedAnswers::Find(
    Kind kind, const std::string& canonical_name,
    const std::string& resource) const {
  const auto found = answers_.find({kind, canonical_name});
  if (found == answers_.end()) return std::nullopt;
  Json body = found->second;
  if (body.contains("resource")) body["resource"] = resource;
  return body;
}

}  // namespace vtsim
