#include "server/config/api_key.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/secret.h"

namespace vtlookup {
namespace {

absl::Status Failed(const std::string& source, const std::string& why) {
  return absl::FailedPreconditionError(
      absl::StrCat("API key from ", Shown(source), ": ", why));
}

// What is wrong with a text that was written as if a shell read it; null for
// any other text.
const char* ShellMistake(const std::string& key) {
  if (key.front() == '"' || key.front() == '\'') {
    return "it is in quotes; write the key without quotes";
  }
  if (absl::StartsWith(key, "${") || absl::StartsWith(key, "$(")) {
    return "it is the name of a variable, which is not replaced here; write "
           "the key itself";
  }
  if (absl::StrContains(key, '=')) {
    return "it has the form NAME=KEY; write the key alone";
  }
  return nullptr;
}

absl::StatusOr<std::string> Checked(const std::string& source,
                                    std::string key) {
  absl::StripAsciiWhitespace(&key);
  if (key.empty()) return Failed(source, "it is empty");
  if (const char* const mistake = ShellMistake(key)) {
    return Failed(source, mistake);
  }
  const bool plain = std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (!plain) {
    return Failed(source, "it has a character that API keys do not have");
  }
  return key;
}

absl::StatusOr<std::string> FirstLineOf(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line)) {
    return Failed(path, "the file cannot be read, or is empty");
  }
  return Checked(path, std::move(line));
}

absl::StatusOr<std::string> FromDnifConfig(const std::string& path) {
  try {
    const YAML::Node node = YAML::LoadFile(path)["lookup_plugin"]["VT_API_KEY"];
    if (!node || !node.IsScalar()) {
      return Failed(path, "the file has no lookup_plugin: VT_API_KEY:");
    }
    return Checked(path, node.Scalar());
  } catch (const YAML::Exception&) {  // its message may quote the file
    return Failed(path, "the file cannot be read as YAML");
  }
}

// Where the API key is.
struct KeySource {
  enum class Form { kKey, kFile, kDnifConfig };
  Form form;
  std::string name;   // the setting, variable or credential
  std::string value;  // the key, or the path of the file
};

std::optional<KeySource> FindSource(const v1::VirusTotalConfig& config,
                                    const Environment& environment) {
  using Form = KeySource::Form;
  std::string credential = environment("CREDENTIALS_DIRECTORY");
  if (!credential.empty()) {
    credential += "/vt_api_key";
    std::error_code ignored;
    if (!std::filesystem::exists(credential, ignored)) credential.clear();
  }
  for (KeySource source :
       {KeySource{Form::kKey, "virustotal.key", config.key()},
        KeySource{Form::kFile, "virustotal.key_file", config.key_file()},
        KeySource{Form::kKey, "VT_API_KEY", environment("VT_API_KEY")},
        KeySource{Form::kFile, "VT_API_KEY_FILE",
                  environment("VT_API_KEY_FILE")},
        KeySource{Form::kFile, "the systemd credential vt_api_key",
                  std::move(credential)},
        KeySource{Form::kDnifConfig, "virustotal.dnifconfig_file",
                  config.dnifconfig_file()}}) {
    if (!source.value.empty()) return source;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<std::string> FindApiKey(const v1::VirusTotalConfig& config,
                                       const Environment& environment) {
  const std::optional<KeySource> source = FindSource(config, environment);
  if (!source.has_value()) {
    return absl::FailedPreconditionError(
        "no VirusTotal API key: set VT_API_KEY, VT_API_KEY_FILE, "
        "virustotal.key_file or the systemd credential vt_api_key");
  }
  switch (source->form) {
    case KeySource::Form::kKey:
      return Checked(source->name, source->value);
    case KeySource::Form::kFile:
      return FirstLineOf(source->value);
    case KeySource::Form::kDnifConfig:
      break;
  }
  return FromDnifConfig(source->value);
}

std::string SourceOfApiKey(const v1::VirusTotalConfig& config,
                           const Environment& environment) {
  const std::optional<KeySource> source = FindSource(config, environment);
  if (!source.has_value()) return "";
  if (source->form == KeySource::Form::kKey) return source->name;
  return absl::StrCat(source->name, ", ", Shown(source->value));
}

absl::StatusOr<std::vector<std::string>> FindApiKeys(
    const v1::VirusTotalConfig& config, const Environment& environment) {
  std::vector<std::string> keys;
  if (config.keys().empty()) {
    absl::StatusOr<std::string> key = FindApiKey(config, environment);
    if (!key.ok()) return key.status();
    keys.push_back(*std::move(key));
    return keys;
  }
  for (const v1::KeyConfig& each : config.keys()) {
    absl::StatusOr<std::string> key =
        each.key_file().empty()
            ? Checked(absl::StrCat("virustotal.keys, ", each.name()),
                      each.key())
            : FirstLineOf(each.key_file());
    if (!key.ok()) return key.status();
    keys.push_back(*std::move(key));
  }
  return keys;
}

absl::StatusOr<std::string> FindProxyLogin(const v1::VirusTotalConfig& config) {
  const std::string& path = config.proxy_login_file();
  if (path.empty()) return "";
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  absl::StripAsciiWhitespace(&line);
  if (line.find(':') != std::string::npos) return line;
  return absl::FailedPreconditionError(
      absl::StrCat("virustotal.proxy_login_file: ", Shown(path),
                   ": the first line must be user:password"));
}

std::vector<v1::KeyConfig> KeyConfigsOf(const v1::VirusTotalConfig& config) {
  if (!config.keys().empty()) {
    return {config.keys().begin(), config.keys().end()};
  }
  v1::KeyConfig only;
  only.set_name("default");
  *only.mutable_quota() = config.quota();
  only.set_premium(config.premium());
  only.set_user(config.user());
  return {only};
}

}  // namespace vtlookup
