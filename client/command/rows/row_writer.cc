#include "client/command/rows/row_writer.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

using OnError = EnrichOptions::OnError;

constexpr size_t kWriteAt = 256 * 1024;  // bytes

}  // namespace

bool IsBlankRecord(std::string_view record) {
  return record.empty() || record == "\r";
}

RowWriter::RowWriter(OnError on_error, RowFormat& format, RowAnswers& answers,
                     std::FILE* rejects, Progress& progress)
    : on_error_(on_error),
      format_(format),
      answers_(answers),
      rejects_(rejects),
      progress_(progress) {}

bool RowWriter::Write(const PlannedRows& rows) {
  if (!std::exchange(begun_, true)) out_ = format_.Header();
  for (size_t i = 0; i < rows.plans.size(); ++i) {
    if (!WriteRow(*rows.chunk, rows.chunk->records[i], rows.plans[i])) {
      Flush();
      return false;
    }
  }
  return Flush();
}

bool RowWriter::WriteRow(const Chunk& chunk, const Chunk::Record& record,
                         const RowPlan& plan) {
  if (!plan.fault.empty()) {
    Reject(chunk, record, plan.fault);
    return true;
  }
  if (IsBlankRecord(record.text)) {
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
  if (!answer.failure.empty() && on_error_ == OnError::kFail) {
    status_ = absl::AbortedError(
        absl::StrCat(chunk.file, ":", record.line, ": ", answer.failure));
    return false;
  }
  if (answer.failure.empty() || on_error_ == OnError::kKeep) {
    format_.Write(record.text, plan.has_ours, answer.added, &out_);
  }
  return out_.size() < kWriteAt || Flush();
}

void RowWriter::Reject(const Chunk& chunk, const Chunk::Record& record,
                       const std::string& fault) {
  progress_.AddBad();
  progress_.Say(absl::StrCat(chunk.file, ":", record.line, ": ", fault));
  std::fwrite(record.text.data(), 1, record.text.size(), rejects_);
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
