#include "client/arguments.h"

#include <cstdint>
#include <map>

#include "absl/strings/numbers.h"

namespace vtlookup {

const char kHelp[] = R"(vtlookup: asks a vtlookupd what VirusTotal knows

Usage: vtlookup COMMAND [OPTION ...] VALUE ...

  url URL ...        the reports of URLs
  domain NAME ...    ... of domains
  ip ADDRESS ...     ... of IPv4 and IPv6 addresses
  file HASH ...      ... of files, by MD5, SHA-1 or SHA-256
  scan SCAN_ID ...   ... of URL scans, by the id that a submission gave
  submit URL ...     have VirusTotal scan URLs; costs quota

  --server ADDR      host:port or unix:/path; else VTLOOKUP_SERVER, else
                     127.0.0.1:50051
  --json             a line of JSON for each value: a LookupResponse, or
                     {"error": ...}; names as in the .proto files
  --summary          codes and counts only
  --cached           never ask VirusTotal
  --refresh          ask VirusTotal even if the cache is fresh
  --max-age DUR      accept no older answer: 30s, 10m, 24h
  --no-submit        do not have unknown URLs scanned
  --timeout DUR      of the whole call (30s)
  --version, --help

Exit status: 0 all answered (whatever the answer), 1 some failed, 2 usage.

Examples:
  vtlookup url http://www.virustotal.com/ --json
  vtlookup domain example.com example.org --max-age 1h
  vtlookup file 44d88612fea8a8f36de82e1278abb02f
)";

namespace {

void SetUrl(const std::string& text, v1::Indicator* out) { out->set_url(text); }
void SetDomain(const std::string& text, v1::Indicator* out) {
  out->set_domain(text);
}
void SetIp(const std::string& text, v1::Indicator* out) { out->set_ip(text); }
void SetFile(const std::string& text, v1::Indicator* out) {
  out->set_file_hash(text);
}
void SetScan(const std::string& text, v1::Indicator* out) {
  out->set_url_scan_id(text);
}

using MakeIndicator = void (*)(const std::string&, v1::Indicator*);

const std::map<std::string, MakeIndicator>& Commands() {
  static const auto* const commands = new std::map<std::string, MakeIndicator>{
      {"url", SetUrl},   {"domain", SetDomain}, {"ip", SetIp},
      {"file", SetFile}, {"scan", SetScan},     {"submit", SetUrl}};
  return *commands;
}

// As absl does, and days: `7d`.
bool ParseDuration(const std::string& text, absl::Duration* duration) {
  int days = 0;
  if (!text.empty() && text.back() == 'd' &&
      absl::SimpleAtoi(text.substr(0, text.size() - 1), &days)) {
    *duration = absl::Hours(24) * days;
  } else if (!absl::ParseDuration(text, duration)) {
    return false;
  }
  return *duration >= absl::ZeroDuration();
}

// Reads the words one by one.
class Parser {
 public:
  Parser(const std::vector<std::string>& words, Arguments* arguments)
      : words_(words), arguments_(*arguments) {}

  // What is wrong; empty: nothing.
  std::string Parse() {
    for (; at_ < words_.size(); ++at_) {
      const std::string& word = words_[at_];
      const bool option =
          only_values_ ? false : word.size() > 1 && word[0] == '-';
      if (word == "--" && !only_values_) {
        only_values_ = true;
      } else if (option) {
        if (std::string error = Option(word); !error.empty()) return error;
      } else if (make_ == nullptr) {
        if (std::string error = Command(word); !error.empty()) return error;
      } else {
        make_(word, &arguments_.indicators.emplace_back());
      }
    }
    if (arguments_.command == Arguments::Command::kHelp ||
        arguments_.command == Arguments::Command::kVersion) {
      return "";
    }
    if (make_ == nullptr) return "no command";
    if (arguments_.indicators.empty()) return "no value to look up";
    return "";
  }

 private:
  std::string Command(const std::string& word) {
    const auto command = Commands().find(word);
    if (command == Commands().end()) return word + ": unknown command";
    make_ = command->second;
    if (word == "submit") arguments_.command = Arguments::Command::kSubmit;
    return "";
  }

  std::string Option(const std::string& word) {
    v1::LookupOptions& options = arguments_.options;
    if (word == "--help" || word == "-h") {
      arguments_.command = Arguments::Command::kHelp;
    } else if (word == "--version") {
      arguments_.command = Arguments::Command::kVersion;
    } else if (word == "--json") {
      arguments_.json = true;
    } else if (word == "--summary") {
      options.set_view(v1::VIEW_SUMMARY);
    } else if (word == "--cached") {
      options.set_cache_mode(v1::CACHE_MODE_ONLY);
    } else if (word == "--refresh") {
      options.set_cache_mode(v1::CACHE_MODE_REFRESH);
    } else if (word == "--no-submit") {
      options.set_submit_missing_url(false);
    } else {
      return OptionWithValue(word);
    }
    return "";
  }

  // `--name value` or `--name=value`.
  std::string OptionWithValue(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (name != "--server" && name != "--max-age" && name != "--timeout") {
      return name + ": unknown option";
    }
    std::string value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (++at_ < words_.size()) {
      value = words_[at_];
    } else {
      return name + ": a value is missing";
    }
    if (name == "--server") {
      arguments_.server = value;
      return "";
    }
    absl::Duration duration;
    if (!ParseDuration(value, &duration)) {
      return name + ": expected a duration such as 30s or 24h";
    }
    if (name == "--timeout") {
      arguments_.timeout = duration;
    } else {
      auto* const max_age = arguments_.options.mutable_max_age();
      max_age->set_seconds(absl::ToInt64Seconds(duration));
      max_age->set_nanos(static_cast<int32_t>(
          absl::ToInt64Nanoseconds(duration % absl::Seconds(1))));
    }
    return "";
  }

  const std::vector<std::string>& words_;
  Arguments& arguments_;
  size_t at_ = 0;
  bool only_values_ = false;
  MakeIndicator make_ = nullptr;
};

}  // namespace

std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        const std::string& server,
                                        std::string* error) {
  Arguments arguments;
  arguments.server = server.empty() ? "127.0.0.1:50051" : server;
  *error = Parser(words, &arguments).Parse();
  if (!error->empty()) return std::nullopt;
  return arguments;
}

}  // namespace vtlookup
