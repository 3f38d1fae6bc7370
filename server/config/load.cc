#include "server/config/load.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/secret.h"
#include "server/config/check.h"

namespace vtlookup {
namespace {

// Returns where the key at the beginning of `error` is set; otherwise where its
// list item or its section is; empty when the file has none of them.
std::string PlaceOf(const std::string& error, const ConfigPlaces& places) {
  std::string key = error.substr(0, error.find(':'));
  while (!key.empty()) {
    const auto place = places.find(key);
    if (place != places.end()) return place->second;
    const size_t end = key.find_last_of(".[");
    key.resize(end == std::string::npos ? 0 : end);
  }
  return "";
}

// The line of the file that `error` names; a large number when it names none.
int LineOf(const std::string& error, const std::string& file) {
  int line = 0;
  absl::string_view rest = error;
  if (!absl::ConsumePrefix(&rest, absl::StrCat(file, ":")) ||
      !absl::SimpleAtoi(rest.substr(0, rest.find(':')), &line)) {
    return std::numeric_limits<int>::max();
  }
  return line;
}

}  // namespace

absl::StatusOr<v1::Config> LoadConfig(const std::optional<std::string>& file,
                                      const ConfigFlags& flags,
                                      const ConfigVariables& variables) {
  v1::Config config;
  ConfigErrors errors;
  ConfigPlaces places;
  ApplyDefaults(&config);
  if (file.has_value()) {
    std::ifstream in(*file);
    std::stringstream text;
    text << in.rdbuf();
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(*file, ignored)) {
      return absl::InvalidArgumentError(
          absl::StrCat(Shown(*file), ": cannot be read"));
    }
    ApplyYaml(text.str(), *file, &config, &places, &errors);
  }
  ApplyVariables(variables, &config, &errors);
  for (const auto& [path, value] : flags) {
    ApplyFlag(path, value, &config, &errors);
  }
  ConfigErrors senseless;
  CheckConfig(config, &senseless);
  for (const std::string& error : senseless) {
    errors.push_back(PlaceOf(error, places) + error);
  }
  const std::string name = file.value_or("");
  std::stable_sort(errors.begin(), errors.end(),
                   [&name](const std::string& a, const std::string& b) {
                     return LineOf(a, name) < LineOf(b, name);
                   });
  if (!errors.empty()) {
    return absl::InvalidArgumentError(Shown(absl::StrJoin(errors, "\n")));
  }
  return config;
}

}  // namespace vtlookup
