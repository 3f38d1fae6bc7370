#include "client/command/lookup.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/command/arguments.h"
#include "client/command/exit_status.h"
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

// Adds the values of one list.
absl::Status ReadList(const std::string& name,
                      std::vector<std::string>* texts) {
  std::ifstream file;
  if (name != "-") {
    file.open(name);
    if (!file) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": ", std::strerror(errno)));
    }
  }
  absl::StatusOr<std::vector<std::string>> values =
      name == "-" ? ReadValues(std::cin, "standard input")
                  : ReadValues(file, name);
  if (!values.ok()) return values.status();
  texts->insert(texts->end(), values->begin(), values->end());
  return absl::OkStatus();
}

// Somebody may have misspelt a command, which then reads as a value.
absl::Status NoKindFor(const std::string& text) {
  std::vector<std::string> names;
  for (const ValueKind& kind : Kinds()) names.emplace_back(kind.name);
  for (const char* other : {"submit", "watch", "enrich", "status", "admin",
                            "bench", "completion"}) {
    names.emplace_back(other);
  }
  const std::string meant = MostSimilar(text, names);
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text,
      "\" is no command, and not a URL, a domain, an IP address or a hash",
      meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
}

absl::StatusOr<v1::Indicator> IndicatorOf(const std::string& text,
                                          const LookupCommandOptions& options) {
  const std::string value = options.refang ? Refang(text) : text;
  if (options.kind != nullptr) {
    v1::Indicator indicator;
    options.kind->make(value, &indicator);
    return indicator;
  }
  std::optional<v1::Indicator> guessed = GuessIndicator(value);
  if (!guessed.has_value()) return NoKindFor(text);
  return *std::move(guessed);
}

absl::Status AddIndicators(const std::vector<std::string>& texts,
                           const LookupCommandOptions& options,
                           std::vector<v1::Indicator>* indicators) {
  for (const std::string& text : texts) {
    absl::StatusOr<v1::Indicator> indicator = IndicatorOf(text, options);
    if (!indicator.ok()) return indicator.status();
    indicators->push_back(*std::move(indicator));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Indicator>> AllIndicators(
    const Arguments& arguments) {
  std::vector<v1::Indicator> all = arguments.indicators;
  for (const std::string& list : arguments.lookup.lists) {
    std::vector<std::string> texts;
    if (absl::Status read = ReadList(list, &texts); !read.ok()) return read;
    absl::Status added = AddIndicators(texts, arguments.lookup, &all);
    if (!added.ok()) return added;
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
          "queued, "
          "unusable (with commas between them)")
      ->delimiter(',')
      ->check(CLI::IsMember({"malicious", "missing", "queued", "unusable"}))
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
    const absl::Status added =
        AddIndicators(options->texts, *options, &arguments.indicators);
    if (!added.ok()) {
      throw CLI::ValidationError(std::string(added.message()));
    }
  });
  AddRefang(command, &options->refang);
  AddLookupValues(command, kind == nullptr ? "VALUE" : kind->value, options);
  AddSummary(command, arguments);
  AddLookupOptions(command, arguments);
}

}  // namespace

void DeclareLookups(CLI::App& app, Arguments& arguments) {
  DeclareLookup(app, arguments, nullptr);
  for (const ValueKind& kind : Kinds()) DeclareLookup(app, arguments, &kind);
}

int RunLookup(const Session& session, const Arguments& arguments) {
  const LookupCommandOptions& options = arguments.lookup;
  const absl::StatusOr<std::vector<v1::Indicator>> indicators =
      AllIndicators(arguments);
  if (!indicators.ok()) {
    return Complain(std::string(indicators.status().message()));
  }
  const std::vector<v1::Indicator>& all = *indicators;
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
  return printer.exit_status();
}

}  // namespace vtlookup
