#include "client/command/rows/record_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

constexpr size_t kRead = 256 * 1024;
constexpr size_t kLongestRecord = 64 * 1024 * 1024;
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

RecordReader::RecordReader(std::vector<std::string> files, RowFormat& format,
                           const std::atomic<bool>* stop)
    : files_(std::move(files)), format_(format), stop_(stop) {
  for (const std::string& file : files_) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
      total_bytes_ = 0;
      return;
    }
    total_bytes_ += static_cast<uint64_t>(info.st_size);
  }
}

RecordReader::~RecordReader() { Close(); }

absl::Status RecordReader::Open() {
  begun_ = false;
  at_end_ = false;
  line_ = 1;
  if (files_.empty() || files_[next_file_] == "-") {
    name_ = "standard input";
    file_ = STDIN_FILENO;
  } else {
    name_ = files_[next_file_];
    file_ = open(name_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ": ", std::strerror(errno)));
    }
  }
  ++next_file_;
  return absl::OkStatus();
}

void RecordReader::Close() {
  if (file_ > STDIN_FILENO) close(file_);
  file_ = -1;
}

absl::StatusOr<std::unique_ptr<Chunk>> RecordReader::Next() {
  for (;;) {
    if (stop_ != nullptr && *stop_) return nullptr;
    if (file_ < 0) {
      if (next_file_ >= std::max<size_t>(files_.size(), 1)) return nullptr;
      if (absl::Status status = Open(); !status.ok()) return status;
    }
    if (rest_.size() > kLongestRecord) {
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ":", line_, ": a record of more than 64 MiB"));
    }
    if (absl::Status status = Fill(); !status.ok()) return status;
    if (absl::Status status = TakeMark(); !status.ok()) return status;
    if (!begun_) continue;
    auto chunk = std::make_unique<Chunk>();
    if (absl::Status status = Split(chunk.get()); !status.ok()) return status;
    if (at_end_) Close();
    if (!chunk->records.empty()) return chunk;
  }
}

// Appends to rest_ what can be had.
absl::Status RecordReader::Fill() {
  const size_t before = rest_.size();
  rest_.resize(before + kRead);
  const ssize_t count = read(file_, rest_.data() + before, kRead);
  if (count < 0 &&
      errno == EINTR) {  // nothing was read; the caller tries again
    rest_.resize(before);
    return absl::OkStatus();
  }
  if (count < 0) {
    rest_.resize(before);
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": ", std::strerror(errno)));
  }
  rest_.resize(before + static_cast<size_t>(count));
  bytes_read_ += static_cast<uint64_t>(count);
  at_end_ = count == 0;
  return absl::OkStatus();
}

// Cuts the byte order mark off, and says whether the file had one.
absl::Status RecordReader::TakeMark() {
  if (begun_ || (rest_.size() < kMark.size() && !at_end_)) {
    return absl::OkStatus();
  }
  if (rest_.starts_with("\xFF\xFE") || rest_.starts_with("\xFE\xFF")) {
    return absl::InvalidArgumentError(
        absl::StrCat(name_,
                     ": the file is in UTF-16; convert it to UTF-8, for "
                     "example with iconv"));
  }
  const bool has_mark = rest_.starts_with(kMark);
  if (has_mark) rest_.erase(0, kMark.size());
  format_.BeginFile(has_mark);
  begun_ = true;
  return absl::OkStatus();
}

// Moves whole records from rest_ to the chunk.
absl::Status RecordReader::Split(Chunk* chunk) {
  // The head of the file comes before its rows, and says how these are read.
  std::vector<RowFormat::Extent> extents;
  size_t at = 0;
  while (at < rest_.size()) {
    const std::string_view text = std::string_view(rest_).substr(at);
    const auto extent = format_.FindRecord(text, at_end_);
    if (!extent.has_value()) break;
    const size_t size = extent->record + extent->line_break;
    if (format_.HeadIsDue()) {
      const absl::Status status =
          format_.TakeHead(text.substr(0, extent->record),
                           text.substr(extent->record, extent->line_break));
      if (!status.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(name_, ": ", std::string(status.message())));
      }
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
