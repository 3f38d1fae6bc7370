// Two threads: this one reads records and has their values asked, the other
// waits for the answers in the order of the rows, and writes. Between them
// stands a short queue of chunks, so memory does not grow with the input.

#include "client/command/enrich.h"

#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/command/progress.h"
#include "client/command/rows/answers.h"
#include "client/command/rows/format.h"
#include "client/command/rows/record_reader.h"

namespace vtlookup {
namespace {

using OnError = Arguments::Enrich::OnError;

constexpr size_t kMaxChunks = 64;
constexpr size_t kWriteAt = 256 * 1024;  // bytes

// What becomes of one record.
struct Plan {
  std::shared_ptr<RowAnswer> answer;  // null: it is written as it is
  bool has_ours = false;
  std::string fault;  // why it is no row; else empty
};

struct Work {
  std::unique_ptr<Chunk> chunk;
  std::vector<Plan> plans;  // one for each record
};

// Hands work from one thread to the other. Thread-safe.
class WorkQueue {
 public:
  // Waits while it is full. False when nobody takes any more.
  bool Push(Work work) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return all_.size() < kMaxChunks || closed_; });
    if (closed_) return false;
    all_.push_back(std::move(work));
    changed_.notify_all();
    return true;
  }

  // Nothing when there is no more.
  std::optional<Work> Pop() {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return !all_.empty() || ended_; });
    if (all_.empty()) return std::nullopt;
    Work work = std::move(all_.front());
    all_.pop_front();
    changed_.notify_all();
    return work;
  }

  void End() { Set(&ended_); }     // nothing is pushed any more
  void Close() { Set(&closed_); }  // nothing is popped any more

 private:
  void Set(bool* flag) {
    const std::lock_guard<std::mutex> lock(mu_);
    *flag = true;
    changed_.notify_all();
  }

  std::mutex mu_;
  std::condition_variable changed_;
  std::deque<Work> all_;
  bool ended_ = false;
  bool closed_ = false;
};

bool IsBlank(std::string_view record) {
  return record.empty() || record == "\r";
}

// Writes rows to standard output. One thread.
class Writer {
 public:
  Writer(const Arguments::Enrich& options, RowFormat& format,
         RowAnswers& answers, std::FILE* rejects, Progress& progress)
      : options_(options),
        format_(format),
        answers_(answers),
        rejects_(rejects),
        progress_(progress) {}

  // False when there is no use in going on.
  bool Write(const Work& work) {
    if (!std::exchange(begun_, true)) out_ = format_.Header();
    for (size_t i = 0; i < work.plans.size(); ++i) {
      if (!WriteRow(*work.chunk, work.chunk->records[i], work.plans[i])) {
        Flush();
        return false;
      }
    }
    return Flush();
  }

  // Of standard output; OK when it was closed by who reads it.
  const absl::Status& status() const { return status_; }

 private:
  bool WriteRow(const Chunk& chunk, const Chunk::Record& record,
                const Plan& plan) {
    if (!plan.fault.empty()) {
      Reject(chunk, record, plan.fault);
      return true;
    }
    if (IsBlank(record.text)) {
      out_.append(record.text).push_back('\n');
      return true;
    }
    if (plan.answer == nullptr) {
      progress_.AddUntouched();
      format_.Write(record.text, plan.has_ours, "", &out_);
      return out_.size() < kWriteAt || Flush();
    }
    if (!plan.answer->done.load(std::memory_order_acquire)) {
      // Others need not wait for what is ready.
      if (!Flush()) return false;
      answers_.Wait(*plan.answer);
    }
    const RowAnswer& answer = *plan.answer;
    progress_.AddLookup(answer.cached, answer.failure);
    if (!answer.failure.empty() && options_.on_error == OnError::kFail) {
      status_ = absl::AbortedError(
          absl::StrCat(chunk.file, ":", record.line, ": ", answer.failure));
      return false;
    }
    if (answer.failure.empty() || options_.on_error == OnError::kKeep) {
      format_.Write(record.text, plan.has_ours, answer.added, &out_);
    }
    return out_.size() < kWriteAt || Flush();
  }

  void Reject(const Chunk& chunk, const Chunk::Record& record,
              const std::string& fault) {
    progress_.AddBad();
    progress_.Say(absl::StrCat(chunk.file, ":", record.line, ": ", fault));
    std::fwrite(record.text.data(), 1, record.text.size(), rejects_);
    std::fputc('\n', rejects_);
  }

  bool Flush() {
    size_t at = 0;
    while (at < out_.size()) {
      const ssize_t count =
          write(STDOUT_FILENO, out_.data() + at, out_.size() - at);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) {
        if (errno != EPIPE) {
          status_ = absl::InvalidArgumentError(
              absl::StrCat("standard output: ", std::strerror(errno)));
        }
        return false;
      }
      at += static_cast<size_t>(count);
    }
    out_.clear();
    return true;
  }

  const Arguments::Enrich& options_;
  RowFormat& format_;
  RowAnswers& answers_;
  std::FILE* const rejects_;
  Progress& progress_;
  bool begun_ = false;
  std::string out_;
  absl::Status status_;
};

Plan PlanFor(std::string_view record, RowFormat& format, RowAnswers& answers) {
  if (IsBlank(record)) return {};  // as it is
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

absl::Status Read(RecordReader& reader, RowFormat& format, RowAnswers& answers,
                  Progress& progress, WorkQueue& queue) {
  for (;;) {
    absl::StatusOr<std::unique_ptr<Chunk>> chunk = reader.Next();
    if (!chunk.ok()) return chunk.status();
    if (*chunk == nullptr) return absl::OkStatus();
    Work work{.chunk = *std::move(chunk), .plans = {}};
    work.plans.reserve(work.chunk->records.size());
    for (const Chunk::Record& record : work.chunk->records) {
      work.plans.push_back(PlanFor(record.text, format, answers));
    }
    progress.SetRead(reader.bytes_read(), reader.total_bytes());
    if (!queue.Push(std::move(work))) return absl::OkStatus();
  }
}

bool IsCsv(const Arguments::Enrich& options) {
  if (options.format != Arguments::Enrich::Format::kByName) {
    return options.format == Arguments::Enrich::Format::kCsv;
  }
  return !options.files.empty() &&
         absl::EndsWithIgnoreCase(options.files.front(), ".csv");
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

absl::StatusOr<Enriched> Enrich(const Client& client,
                                const Arguments& arguments) {
  const Arguments::Enrich& options = arguments.enrich;
  std::unique_ptr<std::FILE, CloseFile> rejects;
  if (!options.rejects.empty()) {
    rejects.reset(std::fopen(options.rejects.c_str(), "w"));
    if (rejects == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat(options.rejects, ": ", std::strerror(errno)));
    }
  }
  const auto& own = RowFieldNames(options.lookup);
  // A file or a pipe gets what VirusTotal sent, to the byte.
  const bool safe = options.safe_cells.value_or(isatty(STDOUT_FILENO) != 0);
  const std::unique_ptr<RowFormat> format =
      IsCsv(options) ? CsvRows(options.field, own, safe)
                     : JsonRows(options.field, own, safe);
  RecordReader reader(options.files, *format);
  RowAnswers answers(client, options.lookup, arguments.options, *format);
  Progress progress(/*summary=*/!options.quiet,
                    /*bar=*/!options.quiet && isatty(STDERR_FILENO) != 0);
  Writer writer(options, *format, answers,
                rejects == nullptr ? stderr : rejects.get(), progress);
  WorkQueue queue;
  std::thread writing([&] {
    while (std::optional<Work> work = queue.Pop()) {
      if (!writer.Write(*work)) break;
    }
    queue.Close();
  });
  const absl::Status read = Read(reader, *format, answers, progress, queue);
  queue.End();
  writing.join();
  progress.Finish();
  if (!read.ok()) return read;
  if (!writer.status().ok()) return writer.status();
  return progress.failures() == 0 ? Enriched::kAll : Enriched::kSome;
}

}  // namespace vtlookup
