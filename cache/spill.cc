#include "cache/spill.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/fixed.h"

namespace vtlookup {
namespace {

constexpr size_t kCrc = 4;
constexpr size_t kHead = kCrc + 8 + 4 + 4;
constexpr size_t kPage = 64 << 10;

uint32_t Crc(std::string_view data) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

absl::Status Failure(std::string_view what) {
  return absl::UnavailableError(absl::StrCat(
      std::string(what), ": ", std::generic_category().message(errno)));
}

absl::Status WriteAt(int fd, std::string_view data, uint64_t at) {
  while (!data.empty()) {
    const ssize_t written =
        pwrite(fd, data.data(), data.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failure("cannot write");
    data.remove_prefix(static_cast<size_t>(written));
    at += static_cast<uint64_t>(written);
  }
  return absl::OkStatus();
}

std::string ReadAll(int fd, uint64_t bytes) {
  std::string all(bytes, '\0');
  size_t at = 0;
  while (at < all.size()) {
    const ssize_t got =
        pread(fd, all.data() + at, all.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    at += static_cast<size_t>(got);
  }
  all.resize(at);
  return all;
}

uint64_t SizeOf(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || status.st_size < 0) return 0;
  return static_cast<uint64_t>(status.st_size);
}

void AppendRecord(std::string& out, uint64_t generation,
                  const Tier::Record& record) {
  const std::string value = EncodeEntry(record.entry);
  std::string tail;
  AppendFixed(tail, generation, 8);
  AppendFixed(tail, record.key.size(), 4);
  AppendFixed(tail, value.size(), 4);
  tail += record.key;
  tail += value;
  AppendFixed(out, Crc(tail), kCrc);
  out += tail;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Spill>> Spill::Open(const std::string& path,
                                                   uint64_t bytes) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failure(absl::StrCat("cannot open ", path));
  const uint64_t there = SizeOf(fd);
  std::unique_ptr<Spill> spill(new Spill(fd, std::max(there, kHeader)));
  if (there >= kHeader) {
    if (absl::Status status = spill->Load(); !status.ok()) return status;
  }
  if (there == bytes || !spill->empty()) return spill;
  const int again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (again < 0) return Failure(absl::StrCat("cannot open ", path));
  spill.reset(new Spill(again, bytes));
  if (absl::Status status = spill->Fill(); !status.ok()) {
    // An incomplete file would take room that the disk does not have.
    unlink(path.c_str());
    return absl::UnavailableError(
        absl::StrCat("cannot make ", path, ": ", status.message()));
  }
  return spill;
}

Spill::~Spill() { close(fd_); }

// Writes every byte, because some file systems allocate blocks only on a write.
absl::Status Spill::Fill() {
  if (ftruncate(fd_, 0) != 0) return Failure("cannot truncate");
  const std::string zeros(kPage, '\0');
  for (uint64_t at = 0; at < bytes_; at += kPage) {
    const std::string_view part(zeros.data(), std::min(kPage, bytes_ - at));
    if (absl::Status status = WriteAt(fd_, part, at); !status.ok()) {
      return status;
    }
  }
  return fsync(fd_) == 0 ? absl::OkStatus() : Failure("cannot sync");
}

std::vector<Tier::Record> Spill::Parse(uint64_t* end) const {
  const std::string all = ReadAll(fd_, bytes_);
  std::vector<Tier::Record> records;
  size_t at = kHeader;
  while (all.size() >= at + kHead) {
    const std::string_view head = std::string_view(all).substr(at, kHead);
    const uint64_t key_size = ReadFixed(head, kCrc + 8, 4);
    const uint64_t value_size = ReadFixed(head, kCrc + 12, 4);
    const uint64_t size = kHead + key_size + value_size;
    if (size > all.size() - at) break;
    const std::string_view record = std::string_view(all).substr(at, size);
    if (ReadFixed(head, kCrc, 8) != generation_ ||
        ReadFixed(head, 0, kCrc) != Crc(record.substr(kCrc))) {
      break;
    }
    absl::StatusOr<Entry> entry =
        DecodeEntry(record.substr(kHead + key_size, value_size));
    if (!entry.ok()) break;
    records.push_back(
        {std::string(record.substr(kHead, key_size)), *std::move(entry)});
    at += size;
  }
  *end = at;
  return records;
}

absl::Status Spill::Load() {
  const std::string header = ReadAll(fd_, kHeader);
  if (header.size() < kHeader) return Failure("cannot read");
  generation_ = ReadFixed(header, 0, kHeader);
  Parse(&end_);
  return absl::OkStatus();
}

std::vector<Tier::Record> Spill::Read() const {
  uint64_t end = 0;
  return Parse(&end);
}

absl::Status Spill::Append(const std::vector<Tier::Record>& records) {
  std::string text;
  for (const Tier::Record& record : records) {
    AppendRecord(text, generation_, record);
  }
  if (text.size() > bytes_ - std::min(bytes_, end_)) {
    return absl::ResourceExhaustedError("the spill is full");
  }
  const uint64_t size = text.size();
  // Zeros end the list, because a write that has failed may have left whole
  // records behind `end_`, and one of them may begin exactly where these end.
  text.append(std::min<uint64_t>(kHead, bytes_ - end_ - size), '\0');
  if (absl::Status status = WriteAt(fd_, text, end_); !status.ok()) {
    return status;
  }
  end_ += size;
  return absl::OkStatus();
}

absl::Status Spill::Clear() {
  std::string header;
  AppendFixed(header, generation_ + 1, kHeader);
  if (absl::Status status = WriteAt(fd_, header, 0); !status.ok()) {
    return status;
  }
  ++generation_;
  end_ = kHeader;
  return absl::OkStatus();
}

}  // namespace vtlookup
