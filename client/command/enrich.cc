// There are two threads. The main thread reads records and starts their
// lookups. The other thread waits for the answers in the order of the rows, and
// writes. The queue of chunks between them is short, so that memory does not
// grow with the input.

#include "client/command/enrich.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/command/arguments.h"
#include "client/command/enrich_fields.h"
#include "client/command/exit_status.h"
#include "client/command/progress.h"
#include "client/command/rows/answers.h"
#include "client/command/rows/record_reader.h"
#include "client/command/rows/row_queue.h"
#include "client/command/rows/row_writer.h"
#include "client/command/session.h"
#include "client/rows/format.h"

namespace vtlookup {
namespace {

using Format = EnrichOptions::Format;
using OnError = EnrichOptions::OnError;

constexpr size_t kPiece = 32;  // records
// Rows wait for the quota, unless the command line says how long.
constexpr absl::Duration kRowTimeout = absl::Hours(1);

// One for each lookup.
using AllAnswers = std::vector<std::unique_ptr<RowAnswers>>;

RowPlan PlanFor(std::string_view record, RowFormat& format,
                const AllAnswers& answers) {
  if (record.empty()) return {};  // is written unchanged
  absl::StatusOr<RowFormat::Parsed> parsed = format.Parse(record);
  if (!parsed.ok()) {
    return {.answers = {},
            .has_ours = false,
            .fault = std::string(parsed.status().message())};
  }
  RowPlan plan{.answers = {}, .has_ours = parsed->has_ours, .fault = {}};
  for (size_t i = 0; i < answers.size(); ++i) {
    const std::optional<std::string>& value = parsed->values[i];
    plan.answers.push_back(value.has_value() ? answers[i]->Find(*value)
                                             : nullptr);
  }
  return plan;
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
          const AllAnswers& answers, RowQueue& queue) {
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

absl::Status Read(RecordReader& reader, RowFormat& format,
                  const AllAnswers& answers, Progress& progress, uint64_t skip,
                  RowQueue& queue) {
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

std::string HowToGoOn(const std::string& why, uint64_t done) {
  return absl::StrCat(why, "; the same command with --skip ", done,
                      ", appended with >>, goes on behind what is written");
}

// Ends the process without waiting for the lookups that nobody will read.
[[noreturn]] void EndInterrupted(Progress& progress, uint64_t done) {
  progress.Finish();
  progress.Say(HowToGoOn("interrupted", done));
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

AllAnswers AnswersFor(const Client& client, const Arguments& arguments,
                      const RowFormat& format) {
  const EnrichOptions& options = arguments.enrich;
  AllAnswers answers;
  answers.reserve(options.lookups.size());
  for (size_t i = 0; i < options.lookups.size(); ++i) {
    answers.push_back(std::make_unique<RowAnswers>(
        client, options.lookups[i].lookup, arguments.options, format,
        options.refang, i,
        arguments.has_timeout ? absl::ZeroDuration() : kRowTimeout));
  }
  return answers;
}

std::vector<RowAnswers*> PointersTo(const AllAnswers& answers) {
  std::vector<RowAnswers*> pointers;
  pointers.reserve(answers.size());
  for (const auto& each : answers) pointers.push_back(each.get());
  return pointers;
}

// A misspelt field would go unnoticed, because rows need not have it.
void WarnOfFields(const EnrichOptions& options, const AllAnswers& answers,
                  Progress& progress) {
  if (progress.rows() == 0) return;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i]->found()) continue;
    progress.Say(absl::StrCat("warning: no row has a value in ",
                              options.lookups[i].field,
                              "; check the name of the field"));
  }
}

// Returns whether all rows were answered. Aborted when a failed lookup ended
// the run; InvalidArgument when a file or the column cannot be used.
absl::StatusOr<bool> Enrich(const Client& client, const Arguments& arguments) {
  const EnrichOptions& options = arguments.enrich;
  absl::StatusOr<File> opened = CheckFiles(options);
  if (!opened.ok()) return opened.status();
  File rejects = *std::move(opened);
  const absl::StatusOr<std::vector<RowLookup>> lookups = LookupsOf(options);
  if (!lookups.ok()) return lookups.status();
  // Unless the user says otherwise, a file or a pipe gets VirusTotal's texts
  // unchanged.
  const bool safe = options.safe_cells.value_or(isatty(STDOUT_FILENO) != 0);
  const std::unique_ptr<RowFormat> format =
      IsCsv(options) ? CsvRows(*lookups, safe, DelimiterOf(options))
                     : JsonRows(*lookups, safe);
  if (options.files.empty() && !options.quiet && isatty(STDIN_FILENO) != 0) {
    std::fputs("vtlookup: reading rows from standard input\n", stderr);
  }
  RecordReader reader(options.files, *format, &interrupted);
  const AllAnswers answers = AnswersFor(client, arguments, *format);
  Progress progress(/*summary=*/!options.quiet,
                    /*bar=*/!options.quiet && isatty(STDERR_FILENO) != 0);
  RowWriter writer(options.on_error, *format, PointersTo(answers),
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
  WarnOfFields(options, answers, progress);
  if (!read.ok()) return read;
  // Only then all rows that are done are written, too.
  if (absl::IsAborted(writer.status())) {
    progress.Say(HowToGoOn("the run has ended", options.skip + writer.done()));
  }
  if (!writer.status().ok()) return writer.status();
  if (rejects != nullptr && std::fclose(rejects.release()) != 0) {
    return Unusable(options.rejects);
  }
  return progress.failures() == 0;
}

}  // namespace

int RunEnrich(const Session& session, const Arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const absl::StatusOr<bool> all = Enrich(session.client, arguments);
  if (all.ok()) return *all ? kAllAnswered : kSomeFailed;
  const std::string message(all.status().message());
  std::fprintf(stderr, "vtlookup: %s\n", message.c_str());
  return absl::IsAborted(all.status()) ? kSomeFailed : kUsage;
}

}  // namespace vtlookup
