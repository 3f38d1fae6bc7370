#include "client/command/enrich_options.h"

#include <CLI/CLI.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/command/arguments.h"
#include "client/command/enrich.h"
#include "client/command/help_text.h"
#include "client/command/shared_options.h"
#include "core/secret.h"
#include "core/similar.h"
#include "vtlookup/row.h"

namespace vtlookup {
namespace {

using Format = EnrichOptions::Format;
using OnError = EnrichOptions::OnError;

v1::DnifLookup LookupNamed(const std::string& name) {
  const std::optional<v1::DnifLookup> lookup = DnifLookupNamed(name);
  if (lookup.has_value()) return *lookup;
  const std::string meant = MostSimilar(name, EnrichLookupNames());
  throw CLI::ValidationError(
      "--also",
      absl::StrCat(Shown(name), " is no lookup; ",
                   meant.empty()
                       ? absl::StrCat("the lookups are ",
                                      absl::StrJoin(EnrichLookupNames(), ", "))
                       : absl::StrCat("did you mean ", meant, "?")));
}

char DelimiterNamed(const std::string& text) {
  if (absl::EqualsIgnoreCase(text, "tab") || text == "\\t") return '\t';
  const bool one = text.size() == 1 &&
                   text.find_first_of("\"\r\n") == std::string::npos &&
                   static_cast<unsigned char>(text.front()) < 0x80;
  if (one) return text.front();
  throw CLI::ValidationError(
      "--delimiter",
      "expected the word tab, or one ASCII character other than a quote or a "
      "line break");
}

std::map<std::string, OnError> OnErrors() {
  return {{"keep", OnError::kKeep},
          {"drop", OnError::kDrop},
          {"fail", OnError::kFail}};
}

// A further lookup adds its fields with the name of the row's field behind
// them: several lookups have fields of the same names.
void AddFurtherLookups(CLI::App* command, EnrichOptions& enrich) {
  using Pair = std::pair<std::string, std::string>;
  command
      ->add_option_function<std::vector<Pair>>(
          "--also",
          [&enrich](const std::vector<Pair>& pairs) {
            for (const auto& [name, field] : pairs) {
              if (field.starts_with("--")) {
                throw CLI::ValidationError(
                    "--also", "needs a lookup and the field of a row");
              }
              enrich.lookups.push_back({.lookup = LookupNamed(name),
                                        .field = field,
                                        .suffix = "_" + field});
            }
          },
          "Make one more lookup for each row, of another field or column; its "
          "fields get the name of that field: $VTPositives_Host. May be given "
          "up to seven times")
      ->allow_extra_args(false)
      ->type_name("LOOKUP FIELD");
}

void AddFormat(CLI::App* command, EnrichOptions& enrich) {
  CLI::Option* const csv = command->add_flag_callback(
      "--csv", [&enrich] { enrich.format = Format::kCsv; },
      "The rows are CSV with a header (default: if the name of the first file "
      "ends in .csv or .tsv)");
  CLI::Option* const json =
      command
          ->add_flag_callback(
              "--jsonl", [&enrich] { enrich.format = Format::kJson; },
              "The rows are JSON lines")
          ->excludes(csv);
  command
      ->add_option_function<std::string>(
          "--delimiter",
          [&enrich](const std::string& text) {
            enrich.delimiter = DelimiterNamed(text);
          },
          "What is between the columns of CSV: a character, or tab (default: "
          "what a first line such as sep=; says, or a tab in a file whose name "
          "ends in .tsv, or a comma)")
      ->excludes(json)
      ->type_name("CHAR");
}

void AddParts(CLI::App* command, EnrichOptions& enrich) {
  command
      ->add_option(
          "--fields", enrich.fields,
          "Add only these fields of each lookup, and $VTError: "
          "'$VTResponseCode,$VTPositives' (default: all). With --also, "
          "give the names without the name of the row's field")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES");
  command
      ->add_option("--skip", enrich.skip,
                   "Leave out the first N records and the header, as an "
                   "interrupted run says")
      ->type_name("N");
}

void AddSafety(CLI::App* command, EnrichOptions& enrich) {
  CLI::Option* const safe = command->add_flag_callback(
      "--safe-cells", [&enrich] { enrich.safe_cells = true; },
      "For spreadsheets: put an apostrophe in front of added cells that begin "
      "with = + - @, and write control characters as \\u001b (default: only on "
      "a terminal)");
  command
      ->add_flag_callback(
          "--raw-cells", [&enrich] { enrich.safe_cells = false; },
          "Write added cells as VirusTotal sent them, also on a terminal")
      ->excludes(safe);
}

}  // namespace

void DeclareEnrich(CLI::App& app, Arguments& arguments) {
  CLI::App* const command = AddCommand(
      app, arguments, "enrich",
      "Add the $VT fields of one or more lookups to rows: JSON lines or CSV",
      RunEnrich);
  EnrichOptions& enrich = arguments.enrich;
  command
      ->add_option_function<std::string>(
          "LOOKUP",
          [&enrich](const std::string& name) {
            enrich.lookups.front().lookup = *DnifLookupNamed(name);
          },
          "get_url_report, get_domain_report, get_ip_report, "
          "get_filehash_report or post_scan_url")
      ->required()
      ->check(CLI::IsMember(EnrichLookupNames()))
      ->type_name("");
  command
      ->add_option("FIELD", enrich.lookups.front().field,
                   "The field of a row, or the column, that has the value")
      ->required()
      ->type_name("");
  command
      ->add_option("FILE", enrich.files,
                   "Files with rows (default: standard input)")
      ->type_name("");
  AddFurtherLookups(command, enrich);
  AddFormat(command, enrich);
  command
      ->add_option("--on-error", enrich.on_error,
                   "What to do with a row of which a lookup failed: keep it "
                   "with $VTError "
                   "(keep, the default), drop it (drop), or end the run (fail)")
      ->transform(CLI::Validator(WordOf(OnErrors()), ""))
      ->type_name("WHAT");
  command
      ->add_option("--rejects", enrich.rejects,
                   "File for lines that are not rows (default: standard error)")
      ->type_name("FILE");
  command->add_flag(
      "--refang,!--no-refang", enrich.refang,
      "Look up what defanged values stand for, such as hxxp://evil[.]example; "
      "the rows keep their text");
  AddParts(command, enrich);
  command->add_flag("--quiet", enrich.quiet,
                    "Print no progress and no summary");
  AddSafety(command, enrich);
  AddLookupOptions(command, arguments);
  command->footer(Footer(
      "Exit status: 0 when all rows were answered; 1 when some failed, or were "
      "no rows;\n2 when the command line, a file or the field is wrong; 130 "
      "after Ctrl-C.",
      {"vtlookup enrich get_url_report '$Url' rows.jsonl > enriched.jsonl",
       "zcat proxy.csv.gz | vtlookup enrich get_domain_report host --csv",
       "vtlookup enrich get_url_report url proxy.csv --also get_ip_report "
       "ip"}));
}

std::vector<std::string> OnErrorNames() {
  std::vector<std::string> names;
  for (const auto& [name, what] : OnErrors()) names.push_back(name);
  return names;
}

std::vector<std::string> EnrichLookupNames() {
  return {"get_url_report", "get_domain_report", "get_ip_report",
          "get_filehash_report", "post_scan_url"};
}

}  // namespace vtlookup
