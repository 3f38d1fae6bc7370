#include "client/command/rows/row_writer.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/safe_text.h"

namespace vtlookup {
namespace {

using OnError = EnrichOptions::OnError;

constexpr size_t kWriteAt = 256 * 1024;  // bytes

// What became of the lookups of a row.
struct RowResult {
  bool looked_up = false;
  bool cached = true;   // no answer took a request to VirusTotal
  std::string failure;  // of the first lookup that failed
};

// REQUIRES: all answers of the row are done.
RowResult ResultOf(const RowPlan& plan) {
  RowResult result;
  for (const std::shared_ptr<RowAnswer>& answer : plan.answers) {
    if (answer == nullptr) continue;
    result.looked_up = true;
    result.cached = result.cached && answer->cached;
    if (result.failure.empty()) result.failure = answer->failure;
  }
  return result;
}

}  // namespace

RowWriter::RowWriter(OnError on_error, RowFormat& format,
                     std::vector<RowAnswers*> answers, std::FILE* rejects,
                     Progress& progress, const std::atomic<bool>& interrupted)
    : on_error_(on_error),
      format_(format),
      answers_(std::move(answers)),
      rejects_(rejects),
      progress_(progress),
      interrupted_(interrupted) {}

bool RowWriter::Write(const PlannedRows& rows) {
  BeginOutput();
  for (size_t i = 0; i < rows.plans.size(); ++i) {
    const Chunk::Record& record = rows.chunk->records[rows.first + i];
    if (!WriteRow(*rows.chunk, record, rows.plans[i])) {
      Flush();
      return false;
    }
    ++done_;
    progress_.AddDone(record.text.size() + record.line_break.size());
  }
  return Flush();
}

void RowWriter::BeginOutput() {
  if (!std::exchange(begun_, true)) out_ = format_.Header();
}

bool RowWriter::End() {
  BeginOutput();
  return Flush();
}

// REQUIRES: all answers of the row are done.
void RowWriter::AppendRow(const Chunk::Record& record, const RowPlan& plan) {
  absl::InlinedVector<std::optional<std::string_view>, 1> added(
      answers_.size());
  for (size_t i = 0; i < plan.answers.size(); ++i) {
    if (plan.answers[i] != nullptr) added[i] = plan.answers[i]->added;
  }
  format_.Write(record.text, plan.has_ours, added, &out_);
  if (!record.line_break.empty()) line_break_ = record.line_break;
  out_.append(line_break_);
}

// Returns false when further rows must not be written.
bool RowWriter::WaitFor(const RowPlan& plan) {
  for (size_t i = 0; i < plan.answers.size(); ++i) {
    const std::shared_ptr<RowAnswer>& answer = plan.answers[i];
    if (answer == nullptr || answer->done.load(std::memory_order_acquire)) {
      continue;
    }
    // Others need not wait for what is ready.
    if (!Flush()) return false;
    const bool answered = answers_[i]->Wait(*answer, [this] {
      progress_.Tick();
      return !interrupted_.load();
    });
    if (!answered) return false;
  }
  return true;
}

bool RowWriter::WriteRow(const Chunk& chunk, const Chunk::Record& record,
                         const RowPlan& plan) {
  if (!plan.fault.empty()) {
    Reject(chunk, record, plan.fault);
    return true;
  }
  if (record.text.empty()) {
    out_.append(record.line_break);
    return true;
  }
  if (!WaitFor(plan)) return false;
  const RowResult result = ResultOf(plan);
  if (!result.looked_up) {
    progress_.AddUntouched();
  } else {
    progress_.AddLookup(result.cached, result.failure);
  }
  if (!result.failure.empty() && on_error_ == OnError::kFail) {
    status_ = absl::AbortedError(
        absl::StrCat(chunk.file, ":", record.line, ": ", result.failure));
    return false;
  }
  if (result.failure.empty() || on_error_ == OnError::kKeep) {
    AppendRow(record, plan);
  }
  return out_.size() < kWriteAt || Flush();
}

void RowWriter::Reject(const Chunk& chunk, const Chunk::Record& record,
                       const std::string& fault) {
  progress_.AddBad();
  progress_.Say(absl::StrCat(chunk.file, ":", record.line, ": ", fault));
  // A terminal would obey what a line tells it to do.
  const std::string shown = isatty(fileno(rejects_)) != 0
                                ? WithControlsEscaped(record.text)
                                : std::string(record.text);
  std::fwrite(shown.data(), 1, shown.size(), rejects_);
  std::fputc('\n', rejects_);
}

bool RowWriter::Flush() {
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

}  // namespace vtlookup
