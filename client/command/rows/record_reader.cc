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

RecordReader::RecordReader(std::vector<std::string> files, RowFormat& format,
                           const std::atomic<bool>* stop)
    : files_(std::move(files)),
      splitter_(format, kLongestRecord),
      stop_(stop),
      buffer_(kRead) {
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
  at_end_ = false;
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
  splitter_.BeginFile(name_);
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
    if (absl::Status status = Fill(); !status.ok()) return status;
    absl::StatusOr<std::unique_ptr<Chunk>> chunk = splitter_.Take(at_end_);
    if (!chunk.ok()) return chunk.status();
    if (at_end_) Close();
    if (*chunk != nullptr) return chunk;
  }
}

// Gives the splitter what can be had.
absl::Status RecordReader::Fill() {
  const ssize_t count = read(file_, buffer_.data(), buffer_.size());
  if (count < 0 && errno == EINTR) {
    return absl::OkStatus();  // nothing was read; the caller tries again
  }
  if (count < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(name_, ": ", std::strerror(errno)));
  }
  splitter_.Add({buffer_.data(), static_cast<size_t>(count)});
  bytes_read_ += static_cast<uint64_t>(count);
  at_end_ = count == 0;
  return absl::OkStatus();
}

}  // namespace vtlookup
