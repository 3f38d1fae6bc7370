#include "client/command/lookup.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/help_text.h"
#include "client/command/result_printer.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"
#include "client/command/values.h"
#include "core/defanged.h"
#include "core/similar.h"

namespace vtlookup {
namespace {

// The number of indicators that the daemon accepts in one call by default.
constexpr size_t kBatch = 10000;

constexpr char kNoForm[] =
    "it does not look like a URL, a domain, an IP address, a hash or a scan "
    "id (VirusTotal has no reports about networks such as 10.0.0.0/8)";

absl::StatusOr<std::vector<ListedValue>> ReadList(const std::string& name) {
  if (name == "-") return ReadValues(std::cin, "standard input");
  std::error_code ignored;
  if (std::filesystem::is_directory(name, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": is a folder"));
  }
  std::ifstream file(name);
  if (!file) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": ", std::strerror(errno)));
  }
  return ReadValues(file, name);
}

// Somebody may have misspelt a command, which then reads as a value.
absl::Status NoKindFor(const std::string& word) {
  std::vector<std::string> names;
  for (const Vocabulary::Command& command : VocabularyOfArguments().commands) {
    names.push_back(command.name);
  }
  const std::string meant = MostSimilar(word, names);
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", word, "\" is not a command, and ", kNoForm,
      meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
}

// Nothing when no kind is named and the text has no form of one.
std::optional<v1::Indicator> IndicatorOf(const std::string& text,
                                         const LookupCommandOptions& options) {
  const std::string value = options.refang ? Refang(text) : text;
  if (options.kind == nullptr) return GuessIndicator(value);
  v1::Indicator indicator;
  options.kind->make(value, &indicator);
  return indicator;
}

// The values of the command line and of lists.
struct AllValues {
  std::vector<v1::Indicator> indicators;
  // For each value of a list whose kind cannot be guessed: where it is.
  std::vector<std::string> unknown;
};

absl::StatusOr<AllValues> ReadAll(const Arguments& arguments) {
  AllValues all{.indicators = arguments.indicators, .unknown = {}};
  for (const std::string& list : arguments.lookup.lists) {
    const absl::StatusOr<std::vector<ListedValue>> values = ReadList(list);
    if (!values.ok()) return values.status();
    for (const ListedValue& value : *values) {
      std::optional<v1::Indicator> indicator =
          IndicatorOf(value.text, arguments.lookup);
      if (indicator.has_value()) {
        all.indicators.push_back(*std::move(indicator));
        continue;
      }
      all.unknown.push_back(absl::StrCat(list == "-" ? "standard input" : list,
                                         ":", value.line, ": \"", value.text,
                                         "\" was not looked up: ", kNoForm));
    }
  }
  return all;
}

void AddLookupValues(CLI::App* command, const std::string& placeholder,
                     LookupCommandOptions* options) {
  command
      ->add_option_function<std::vector<std::string>>(
          placeholder,
          [options](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              CheckUtf8(text);
              (text == "-" ? options->lists : options->texts).push_back(text);
            }
          },
          "Values; - reads them from standard input, one to a line")
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->type_name("");
  command
      ->add_option("--file", options->lists,
                   "File with values, one to a line; lines that begin with # "
                   "are comments")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->type_name("LIST");
  command->add_flag("-v,--verbose", options->verbose,
                    "Print a report for each value, with all engines that "
                    "detect it");
  command
      ->add_option_function<std::vector<std::string>>(
          "--fail-on",
          [options](const std::vector<std::string>& findings) {
            options->fail_on.insert(findings.begin(), findings.end());
          },
          "Exit with status 3 if a value is one of: malicious, missing, "
          "queued, unusable (with commas between them)")
      ->delimiter(',')
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->check(CLI::IsMember(FailOnNames()))
      ->type_name("WHAT");
}

void DeclareLookup(CLI::App& app, Arguments& arguments, const ValueKind* kind) {
  CLI::App* const command =
      kind != nullptr
          ? AddCommand(app, arguments, kind->name, kind->help, RunLookup)
          : AddCommand(app, arguments, kAnyKind,
                       "What VirusTotal knows about values of any kind; the "
                       "word `lookup` may be left out",
                       RunLookup);
  LookupCommandOptions* const options = &arguments.lookup;
  command->callback([&arguments, options, kind] {
    if (options->texts.empty() && options->lists.empty()) {
      throw CLI::RequiredError(kind == nullptr ? "VALUE" : kind->value);
    }
    arguments.run = RunLookup;
    options->kind = kind;
    for (const std::string& text : options->texts) {
      std::optional<v1::Indicator> indicator = IndicatorOf(text, *options);
      if (!indicator.has_value()) {
        throw CLI::ValidationError(std::string(NoKindFor(text).message()));
      }
      arguments.indicators.push_back(*std::move(indicator));
    }
  });
  AddRefang(command, &options->refang);
  AddLookupValues(command, kind == nullptr ? "VALUE" : kind->value, options);
  AddSummary(command, arguments);
  AddLookupOptions(command, arguments);
  command->footer(
      kind == nullptr
          ? Footer(kStatusOfLookups, {"vtlookup 8.8.8.8 'evil[.]example'",
                                      "vtlookup --file indicators.txt --json"})
          : Footer(kStatusOfLookups, {kind->example}));
}

}  // namespace

std::vector<std::string> FailOnNames() {
  return {"malicious", "missing", "queued", "unusable"};
}

void DeclareLookups(CLI::App& app, Arguments& arguments) {
  DeclareLookup(app, arguments, nullptr);
  for (const ValueKind& kind : Kinds()) DeclareLookup(app, arguments, &kind);
}

int RunLookup(const Session& session, const Arguments& arguments) {
  const LookupCommandOptions& options = arguments.lookup;
  const absl::StatusOr<AllValues> values = ReadAll(arguments);
  if (!values.ok()) return Complain(std::string(values.status().message()));
  for (const std::string& unknown : values->unknown) {
    static_cast<void>(Complain(unknown));
  }
  const std::vector<v1::Indicator>& all = values->indicators;
  ResultPrinter printer({.json = arguments.json,
                         .verbose = options.verbose,
                         .single = all.size() == 1,
                         .fail_on = options.fail_on});
  for (size_t begin = 0; begin < all.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, all.size());
    const std::vector<v1::Indicator> part(
        all.begin() + static_cast<std::ptrdiff_t>(begin),
        all.begin() + static_cast<std::ptrdiff_t>(end));
    const auto response = session.client.BatchLookup(part, arguments.options);
    for (size_t i = 0; i < part.size(); ++i) {
      printer.Add(part[i], response.ok()
                               ? response->results(static_cast<int>(i))
                               : FailedResult(response.status()));
    }
    printer.EndTable();
  }
  return values->unknown.empty()
             ? printer.exit_status()
             : std::max<int>(printer.exit_status(), kSomeFailed);
}

}  // namespace vtlookup
