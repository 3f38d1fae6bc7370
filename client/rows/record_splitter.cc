#include "client/rows/record_splitter.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

// The number of line breaks: "\n", "\r\n" or "\r".
uint64_t LinesIn(std::string_view text) {
  uint64_t count = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool pair = text[at] == '\r' && text.substr(at + 1).starts_with('\n');
    if (!pair && (text[at] == '\n' || text[at] == '\r')) ++count;
  }
  return count;
}

}  // namespace

void RecordSplitter::BeginFile(std::string name) {
  name_ = std::move(name);
  begun_ = false;
  rest_.clear();
  line_ = 1;
}

absl::StatusOr<std::unique_ptr<Chunk>> RecordSplitter::Take(bool at_end) {
  if (absl::Status status = TakeMark(at_end); !status.ok()) return status;
  if (!begun_) return nullptr;
  auto chunk = std::make_unique<Chunk>();
  if (absl::Status status = Split(at_end, chunk.get()); !status.ok()) {
    return status;
  }
  if (!chunk->records.empty()) return chunk;
  if (absl::Status status = format_.CheckForm(at_end); !status.ok()) {
    return Bad(status);
  }
  if (rest_.size() > longest_) {
    return absl::InvalidArgumentError(
        absl::StrCat(Place(), "the record that begins here is longer than ",
                     longest_ >> 20, " MiB, the limit; split it", advice_));
  }
  return nullptr;
}

absl::Status RecordSplitter::Bad(const absl::Status& what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(name_, name_.empty() ? "" : ": ", what.message()));
}

// Where the next record begins, for messages.
std::string RecordSplitter::Place() const {
  return name_.empty() ? absl::StrCat("line ", line_, ": ")
                       : absl::StrCat(name_, ":", line_, ": ");
}

// Cuts the byte order mark off, and says whether the file had one.
absl::Status RecordSplitter::TakeMark(bool at_end) {
  if (begun_ || (rest_.size() < kMark.size() && !at_end)) {
    return absl::OkStatus();
  }
  if (rest_.starts_with("\xFF\xFE") || rest_.starts_with("\xFE\xFF")) {
    return Bad(absl::InvalidArgumentError(
        "the file is in UTF-16; convert it to UTF-8, for example with iconv"));
  }
  const bool has_mark = rest_.starts_with(kMark);
  if (has_mark) rest_.erase(0, kMark.size());
  format_.BeginFile(has_mark);
  begun_ = true;
  return absl::OkStatus();
}

// Moves whole records from rest_ to the chunk.
absl::Status RecordSplitter::Split(bool at_end, Chunk* chunk) {
  // The head of the file comes before its rows, and says how these are read.
  std::vector<RowFormat::Extent> extents;
  size_t at = 0;
  while (at < rest_.size()) {
    const std::string_view text = std::string_view(rest_).substr(at);
    const auto extent = format_.FindRecord(text, at_end);
    if (!extent.has_value()) break;
    const size_t size = extent->record + extent->line_break;
    if (format_.HeadIsDue()) {
      const absl::Status status =
          format_.TakeHead(text.substr(0, extent->record),
                           text.substr(extent->record, extent->line_break));
      if (!status.ok()) return Bad(status);
      line_ += LinesIn(text.substr(0, size));
      rest_.erase(0, at + size);
      at = 0;
      continue;
    }
    extents.push_back(*extent);
    at += size;
  }
  chunk->file = name_;
  chunk->bytes = rest_.substr(0, at);
  rest_.erase(0, at);
  std::string_view bytes = chunk->bytes;
  for (const RowFormat::Extent& extent : extents) {
    const size_t size = extent.record + extent.line_break;
    chunk->records.push_back(
        {.text = bytes.substr(0, extent.record),
         .line_break = bytes.substr(extent.record, extent.line_break),
         .line = line_});
    line_ += LinesIn(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return absl::OkStatus();
}

}  // namespace vtlookup
