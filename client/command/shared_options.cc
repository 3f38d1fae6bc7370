#include "client/command/shared_options.h"

#include <simdjson.h>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <vector>

#include "absl/strings/numbers.h"
#include "core/defanged.h"

namespace vtlookup {
namespace {

constexpr std::array<ValueKind, 5> kKinds = {{
    {"url", "What VirusTotal knows about URLs", "URL",
     "vtlookup url http://www.virustotal.com/ --wait 2m",
     [](const std::string& text, v1::Indicator* out) { out->set_url(text); }},
    {"domain", "What VirusTotal knows about domains", "NAME",
     "vtlookup domain example.com example.org --max-age 1h",
     [](const std::string& text, v1::Indicator* out) {
       out->set_domain(text);
     }},
    {"ip", "What VirusTotal knows about IPv4 and IPv6 addresses", "ADDRESS",
     "vtlookup ip 8.8.8.8 2001:4860:4860::8888",
     [](const std::string& text, v1::Indicator* out) { out->set_ip(text); }},
    {"file", "What VirusTotal knows about files, by MD5, SHA-1 or SHA-256",
     "HASH", "vtlookup file 44d88612fea8a8f36de82e1278abb02f -v",
     [](const std::string& text, v1::Indicator* out) {
       out->set_file_hash(text);
     }},
    {"scan",
     "What VirusTotal knows about URL scans, by the id that a submission gave",
     "ID", "vtlookup scan ID-OF-THE-SCAN",
     [](const std::string& text, v1::Indicator* out) {
       out->set_url_scan_id(text);
     }},
}};

bool ParseDuration(const std::string& text, absl::Duration* duration) {
  int days = 0;
  if (!text.empty() && text.back() == 'd' &&
      absl::SimpleAtoi(text.substr(0, text.size() - 1), &days)) {
    *duration = absl::Hours(24) * days;
  } else if (!absl::ParseDuration(text, duration)) {
    return false;
  }
  return *duration >= absl::ZeroDuration() &&
         *duration < absl::InfiniteDuration();
}

}  // namespace

const std::array<ValueKind, 5>& Kinds() { return kKinds; }

const ValueKind* FindKind(std::string_view name) {
  for (const ValueKind& kind : kKinds) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

CLI::App* AddCommand(CLI::App& app, Arguments& arguments,
                     const std::string& name, const std::string& help,
                     RunCommand run) {
  CLI::App* const command = app.add_subcommand(name, help);
  command->callback([&arguments, run] { arguments.run = run; });
  return command;
}

void AddDuration(CLI::App* app, const std::string& name,
                 const std::string& help,
                 const std::function<void(absl::Duration)>& set) {
  app->add_option_function<std::string>(
         name,
         [name, set](const std::string& text) {
           absl::Duration duration;
           if (!ParseDuration(text, &duration)) {
             throw CLI::ValidationError(
                 name, "expected a duration such as 30s or 24h");
           }
           set(duration);
         },
         help)
      ->type_name("DUR");
}

void AddRefang(CLI::App* app, bool* refang) {
  const std::string help =
      "Read defanged values such as hxxp://evil[.]example as what they stand "
      "for (the default), or take them as they are (--no-refang)";
  app->add_flag("--refang,!--no-refang", *refang, help);
}

void CheckUtf8(const std::string& text) {
  if (simdjson::validate_utf8(text)) return;
  throw CLI::ValidationError("a value", "is not UTF-8");
}

void AddValues(CLI::App* app, Arguments& arguments, const ValueKind& kind) {
  bool* const refang = &arguments.lookup.refang;
  AddRefang(app, refang);
  app->add_option_function<std::vector<std::string>>(
         kind.value,
         [&arguments, make = kind.make,
          refang](const std::vector<std::string>& texts) {
           // The flag has been read, because it was added before.
           for (const std::string& text : texts) {
             CheckUtf8(text);
             make(*refang ? Refang(text) : text,
                  &arguments.indicators.emplace_back());
           }
         },
         "")
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->type_name("");
}

void AddSummary(CLI::App* app, Arguments& arguments) {
  app->add_flag_callback(
      "--summary",
      [&arguments] { arguments.options.set_view(v1::VIEW_SUMMARY); },
      "Ask for codes and counts only");
}

void AddLookupOptions(CLI::App* app, Arguments& arguments) {
  v1::LookupOptions* const options = &arguments.options;
  CLI::Option* const cached = app->add_flag_callback(
      "--cached", [options] { options->set_cache_mode(v1::CACHE_MODE_ONLY); },
      "Answer from the cache only, and never ask VirusTotal");
  app->add_flag_callback(
         "--refresh",
         [options] { options->set_cache_mode(v1::CACHE_MODE_REFRESH); },
         "Ask VirusTotal even if the cached answer is fresh")
      ->excludes(cached);
  AddDuration(
      app, "--max-age",
      "Accept no cached answer that was fetched longer ago: 30s, 10m, 7d",
      [options](absl::Duration age) {
        SetProto(age, options->mutable_max_age());
      });
  AddDuration(app, "--wait", "Wait this long for the verdict of a queued item",
              [options](absl::Duration wait) {
                SetProto(wait, options->mutable_wait_for_final());
              });
  app->add_flag_callback(
      "--no-submit", [options] { options->set_submit_missing_url(false); },
      "Do not submit unknown URLs to VirusTotal for a scan");
}

void SetProto(absl::Duration duration, google::protobuf::Duration* out) {
  out->set_seconds(absl::ToInt64Seconds(duration));
  out->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(duration % absl::Seconds(1))));
}

}  // namespace vtlookup
