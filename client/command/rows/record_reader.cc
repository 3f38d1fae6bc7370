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

}  // namespace

RecordReader::RecordReader(std::vector<std::string> files, RowFormat& format)
    : files_(std::move(files)), format_(format) {
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
  header_due_ = format_.has_header();
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
    if (file_ < 0) {
      if (next_file_ >= std::max<size_t>(files_.size(), 1)) return nullptr;
      if (absl::Status status = Open(); !status.ok()) return status;
    }
    if (rest_.size() > kLongestRecord) {
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ":", line_, ": a record of more than 64 MiB"));
    }
    const absl::StatusOr<size_t> count = Fill();
    if (!count.ok()) return count.status();
    auto chunk = std::make_unique<Chunk>();
    if (absl::Status status = Split(chunk.get()); !status.ok()) return status;
    if (at_end_) Close();
    if (!chunk->records.empty()) return chunk;
  }
}

// Appends to rest_ what can be had.
absl::StatusOr<size_t> RecordReader::Fill() {
  const size_t before = rest_.size();
  rest_.resize(before + kRead);
  ssize_t count = 0;
  do {
    count = read(file_, rest_.data() + before, kRead);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    rest_.resize(before);
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": ", std::strerror(errno)));
  }
  rest_.resize(before + static_cast<size_t>(count));
  bytes_read_ += static_cast<uint64_t>(count);
  at_end_ = count == 0;
  return static_cast<size_t>(count);
}

// Moves whole records from rest_ to the chunk.
absl::Status RecordReader::Split(Chunk* chunk) {
  std::vector<std::pair<size_t, size_t>> places;  // begin and size
  size_t at = 0;
  while (at < rest_.size()) {
    const std::string_view text = std::string_view(rest_).substr(at);
    size_t size = format_.EndOfRecord(text);
    if (size == std::string_view::npos) {
      if (!at_end_) break;
      size = text.size();  // the last needs no line break
    }
    places.emplace_back(at, size);
    at += size;
  }
  chunk->file = name_;
  chunk->bytes = rest_.substr(0, at);
  rest_.erase(0, at);
  for (const auto& [begin, size] : places) {
    std::string_view text = std::string_view(chunk->bytes).substr(begin, size);
    const uint64_t line = line_;
    line_ += static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
    if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    if (std::exchange(header_due_, false)) {
      const absl::Status status = format_.Begin(text);
      if (status.ok()) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(name_, ": ", std::string(status.message())));
    }
    chunk->records.push_back({text, line});
  }
  return absl::OkStatus();
}

}  // namespace vtlookup
