// There are two threads. The main thread reads records and starts their
// lookups. The other thread waits for the answers in the order of the rows, and
// writes. The queue of chunks between them is short, so that memory does not
// grow with the input.

#include "client/command/enrich.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/progress.h"
#include "client/command/rows/answers.h"
#include "client/command/rows/format.h"
#include "client/command/rows/record_reader.h"
#include "client/command/rows/row_queue.h"
#include "client/command/rows/row_writer.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"
#include "vtlookup/row.h"

namespace vtlookup {
namespace {

using Format = EnrichOptions::Format;
using OnError = EnrichOptions::OnError;

constexpr size_t kPiece = 32;  // records

RowPlan PlanFor(std::string_view record, RowFormat& format,
                RowAnswers& answers) {
  if (record.empty()) return {};  // is written unchanged
  absl::StatusOr<RowFormat::Parsed> parsed = format.Parse(record);
  if (!parsed.ok()) {
    return {.answer = nullptr,
            .has_ours = false,
            .fault = std::string(parsed.status().message())};
  }
  return {.answer = parsed->value.has_value() ? answers.Find(*parsed->value)
                                              : nullptr,
          .has_ours = parsed->has_ours,
          .fault = {}};
}

// Set by SIGINT. The handler has gone by then, so that a second SIGINT ends the
// process.
std::atomic<bool> interrupted = false;

void CatchInterrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  // Without SA_RESTART, so that a read from a terminal ends, too.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
}

// Drops the records at the front that another run has done.
void Skip(Chunk* chunk, uint64_t* left) {
  const auto count = static_cast<std::ptrdiff_t>(
      std::min<uint64_t>(*left, chunk->records.size()));
  chunk->records.erase(chunk->records.begin(), chunk->records.begin() + count);
  *left -= static_cast<uint64_t>(count);
}

// Hands the records over in pieces, because planning may wait for answers, and
// the rows before need not wait for that. Returns false when nothing is written
// any more.
bool Plan(const std::shared_ptr<Chunk>& chunk, RowFormat& format,
          RowAnswers& answers, RowQueue& queue) {
  const size_t count = chunk->records.size();
  for (size_t first = 0; first < count && !interrupted; first += kPiece) {
    PlannedRows rows{.chunk = chunk, .first = first, .plans = {}};
    for (size_t i = first; i < std::min(first + kPiece, count); ++i) {
      rows.plans.push_back(PlanFor(chunk->records[i].text, format, answers));
    }
    if (!queue.Push(std::move(rows))) return false;
  }
  return true;
}

absl::Status Read(RecordReader& reader, RowFormat& format, RowAnswers& answers,
                  Progress& progress, uint64_t skip, RowQueue& queue) {
  while (!interrupted) {
    absl::StatusOr<std::unique_ptr<Chunk>> chunk = reader.Next();
    if (interrupted) break;
    if (!chunk.ok()) return chunk.status();
    if (*chunk == nullptr) return absl::OkStatus();
    Skip(chunk->get(), &skip);
    progress.SetTotal(reader.total_bytes());
    const std::shared_ptr<Chunk> shared = *std::move(chunk);
    if (!Plan(shared, format, answers, queue)) break;
  }
  return absl::OkStatus();
}

// The fields of the lookup, of which the user may have chosen some. A failure
// is always told.
absl::StatusOr<OwnFields> FieldsOf(const EnrichOptions& options) {
  const std::vector<std::string>& all = RowFieldNames(options.lookup);
  if (std::find(all.begin(), all.end(), options.field) != all.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.field,
        ": this lookup adds the field itself and would replace the value; "
        "rename the field of the rows"));
  }
  if (options.fields.empty()) return OwnFields{.replaced = all, .added = all};
  std::vector<std::string> chosen;
  for (const std::string& name : options.fields) {
    const std::string full = name.starts_with('$') ? name : "$" + name;
    if (std::find(all.begin(), all.end(), full) == all.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--fields: this lookup has no field ", full,
                       "; it has: ", absl::StrJoin(all, ", ")));
    }
    chosen.push_back(full);
  }
  if (std::find(chosen.begin(), chosen.end(), kRowError) == chosen.end()) {
    chosen.emplace_back(kRowError);
  }
  return OwnFields{.replaced = all, .added = std::move(chosen)};
}

// Ends the process without waiting for the lookups that nobody will read.
[[noreturn]] void EndInterrupted(Progress& progress, uint64_t done) {
  progress.Finish();
  progress.Say(
      absl::StrCat("interrupted; --skip ", done,
                   " goes on behind what is written, without a header"));
  std::fflush(nullptr);
  std::_Exit(kInterrupted);
}

bool IsNamed(const EnrichOptions& options, const char* ending) {
  return !options.files.empty() &&
         absl::EndsWithIgnoreCase(options.files.front(), ending);
}

bool IsCsv(const EnrichOptions& options) {
  if (options.format != Format::kByName) {
    return options.format == Format::kCsv;
  }
  return options.delimiter.has_value() || IsNamed(options, ".csv") ||
         IsNamed(options, ".tsv");
}

std::optional<char> DelimiterOf(const EnrichOptions& options) {
  if (options.delimiter.has_value()) return options.delimiter;
  if (IsNamed(options, ".tsv")) return '\t';
  return std::nullopt;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, CloseFile>;

absl::Status Unusable(const std::string& file) {
  return absl::InvalidArgumentError(
      absl::StrCat(file, ": ", std::strerror(errno)));
}

// Looks whether the files can be read, before any row is looked up, because
// that may use quota; and opens the one for rejects.
absl::StatusOr<File> CheckFiles(const EnrichOptions& options) {
  for (const std::string& file : options.files) {
    if (file != "-" && access(file.c_str(), R_OK) != 0) return Unusable(file);
  }
  if (options.rejects.empty()) return nullptr;
  File rejects(std::fopen(options.rejects.c_str(), "w"));
  if (rejects == nullptr) return Unusable(options.rejects);
  return rejects;
}

// Returns whether all rows were answered. Aborted when a failed lookup ended
// the run; InvalidArgument when a file or the column cannot be used.
absl::StatusOr<bool> Enrich(const Client& client, const Arguments& arguments) {
  const EnrichOptions& options = arguments.enrich;
  absl::StatusOr<File> opened = CheckFiles(options);
  if (!opened.ok()) return opened.status();
  File rejects = *std::move(opened);
  const absl::StatusOr<OwnFields> own = FieldsOf(options);
  if (!own.ok()) return own.status();
  // Unless the user says otherwise, a file or a pipe gets VirusTotal's texts
  // unchanged.
  const bool safe = options.safe_cells.value_or(isatty(STDOUT_FILENO) != 0);
  const std::unique_ptr<RowFormat> format =
      IsCsv(options) ? CsvRows(options.field, *own, safe, DelimiterOf(options))
                     : JsonRows(options.field, *own, safe);
  if (options.files.empty() && !options.quiet && isatty(STDIN_FILENO) != 0) {
    std::fputs("vtlookup: reading rows from standard input\n", stderr);
  }
  RecordReader reader(options.files, *format, &interrupted);
  RowAnswers answers(client, options.lookup, arguments.options, *format,
                     options.refang);
  Progress progress(/*summary=*/!options.quiet,
                    /*bar=*/!options.quiet && isatty(STDERR_FILENO) != 0);
  RowWriter writer(options.on_error, *format, answers,
                   rejects == nullptr ? stderr : rejects.get(), progress,
                   interrupted);
  if (options.skip > 0) writer.LeaveHeadOut();
  CatchInterrupt();
  RowQueue queue;
  std::thread writing([&] {
    while (std::optional<PlannedRows> rows = queue.Pop()) {
      if (!writer.Write(*rows)) {
        // The main thread may wait for answers that nobody will read.
        if (interrupted) EndInterrupted(progress, options.skip + writer.done());
        queue.Close();
        return;
      }
    }
    writer.End();
    queue.Close();
  });
  const absl::Status read =
      Read(reader, *format, answers, progress, options.skip, queue);
  queue.End();
  writing.join();
  if (interrupted) EndInterrupted(progress, options.skip + writer.done());
  progress.Finish();
  if (progress.rows() > 0 && progress.looked_up() == 0) {
    progress.Say(absl::StrCat("warning: no row has a value in ", options.field,
                              "; check the name of the field"));
  }
  if (!read.ok()) return read;
  if (!writer.status().ok()) return writer.status();
  if (rejects != nullptr && std::fclose(rejects.release()) != 0) {
    return Unusable(options.rejects);
  }
  return progress.failures() == 0;
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
      ->add_option("--fields", enrich.fields,
                   "Add only these fields, and $VTError: "
                   "'$VTResponseCode,$VTPositives' (default: all)")
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
      "Add the $VT fields of a lookup to rows: JSON lines or CSV", RunEnrich);
  EnrichOptions& enrich = arguments.enrich;
  command
      ->add_option_function<std::string>(
          "LOOKUP",
          [&enrich](const std::string& name) {
            enrich.lookup = *DnifLookupNamed(name);
          },
          "get_url_report, get_domain_report, get_ip_report, "
          "get_filehash_report or post_scan_url")
      ->required()
      ->check(CLI::IsMember(EnrichLookupNames()))
      ->type_name("");
  command
      ->add_option("FIELD", enrich.field,
                   "The field of a row, or the column, that has the value")
      ->required()
      ->type_name("");
  command
      ->add_option("FILE", enrich.files,
                   "Files with rows (default: standard input)")
      ->type_name("");
  AddFormat(command, enrich);
  command
      ->add_option(
          "--on-error", enrich.on_error,
          "What to do with a row whose lookup failed: keep it with $VTError "
          "(keep, the default), drop it (drop), or end the run (fail)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, OnError>{{"keep", OnError::kKeep},
                                         {"drop", OnError::kDrop},
                                         {"fail", OnError::kFail}},
          CLI::ignore_case))
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
}

std::vector<std::string> EnrichLookupNames() {
  return {"get_url_report", "get_domain_report", "get_ip_report",
          "get_filehash_report", "post_scan_url"};
}

int RunEnrich(const Session& session, const Arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<bool> all = Enrich(session.client, arguments);
  if (all.ok()) return *all ? kAllAnswered : kSomeFailed;
  const std::string message(all.status().message());
  std::fprintf(stderr, "vtlookup: %s\n", message.c_str());
  return absl::IsAborted(all.status()) ? kSomeFailed : kUsage;
}

}  // namespace vtlookup
