#include "server/config/environment.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/secret.h"
#include "core/similar.h"
#include "server/config/schema.h"

namespace vtlookup {
namespace {

constexpr std::string_view kPrefix = "VTLOOKUPD_";
constexpr std::string_view kFile = "_FILE";
constexpr std::streamsize kMostBytes = 64 * 1024;  // of a file

std::string VariableOf(std::string key) {
  for (char& c : key) {
    if (c == '.') c = '_';
  }
  return absl::StrCat("VTLOOKUPD_", absl::AsciiStrToUpper(key));
}

// The keys by their variables.
std::map<std::string, std::string> KeysByVariable(
    const google::protobuf::Descriptor& config) {
  std::map<std::string, std::string> keys;
  for (const std::string& key : SettableKeys(config)) {
    keys.emplace(VariableOf(key), key);
  }
  return keys;
}

// The file's content without the line breaks at its end.
std::optional<std::string> ContentOf(const std::string& path) {
  std::error_code ignored;
  std::ifstream in(path);
  std::string content(kMostBytes, '\0');
  in.read(content.data(), kMostBytes);
  if (in.bad() || !std::filesystem::exists(path, ignored) ||
      std::filesystem::is_directory(path, ignored)) {
    return std::nullopt;
  }
  content.resize(static_cast<size_t>(in.gcount()));
  while (!content.empty() &&
         (content.back() == '\n' || content.back() == '\r')) {
    content.pop_back();
  }
  return content;
}

bool IsAmong(const std::string& name, const ConfigVariables& variables) {
  return std::any_of(variables.begin(), variables.end(),
                     [&name](const auto& each) { return each.first == name; });
}

std::string Unknown(const std::string& name,
                    const std::map<std::string, std::string>& keys) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const auto& [variable, key] : keys) names.push_back(variable);
  const std::string meant = MostSimilar(name, names);
  return absl::StrCat(Shown(name), ": no setting has this variable",
                      meant.empty() ? "" : "; did you mean ", meant,
                      meant.empty() ? "" : "?");
}

}  // namespace

ConfigVariables VariablesIn(const char* const* environment) {
  ConfigVariables variables;
  for (; *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const size_t equals = entry.find('=');
    if (!entry.starts_with(kPrefix) || equals == std::string_view::npos) {
      continue;
    }
    variables.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return variables;
}

void ApplyVariables(const ConfigVariables& variables,
                    google::protobuf::Message* config, ConfigErrors* errors) {
  const auto keys = KeysByVariable(*config->GetDescriptor());
  for (const auto& [name, value] : variables) {
    if (const auto key = keys.find(name); key != keys.end()) {
      ApplyText(key->second, value, name, config, errors);
      continue;
    }
    const auto key = name.ends_with(kFile)
                         ? keys.find(name.substr(0, name.size() - kFile.size()))
                         : keys.end();
    if (key == keys.end()) {
      errors->push_back(Unknown(name, keys));
      continue;
    }
    if (IsAmong(key->first, variables)) {
      errors->push_back(absl::StrCat(name, ": ", key->first,
                                     " is set, too; set one of the two"));
      continue;
    }
    const std::optional<std::string> content = ContentOf(value);
    if (content.has_value() && content->find('\n') != std::string::npos) {
      errors->push_back(absl::StrCat(name, ": the file ", Shown(value),
                                     " has more than one line"));
    } else if (content.has_value()) {
      ApplyText(key->second, *content, name, config, errors);
    } else {
      errors->push_back(
          absl::StrCat(name, ": the file ", Shown(value), " cannot be read"));
    }
  }
}

}  // namespace vtlookup
