#include "virustotal/quota_ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/fixed.h"
#include "core/fnv.h"

namespace vtlookup {
namespace {

constexpr size_t kRecordSize = 32;

uint64_t Checksum(std::string_view tail) {
  return crc32(0, reinterpret_cast<const Bytef*>(tail.data()),
               static_cast<uInt>(tail.size()));
}

std::string Encode(const QuotaLedger::Record& record) {
  std::string tail;
  AppendFixed(tail, static_cast<uint64_t>(record.type), 4);
  AppendFixed(tail, record.key, 8);
  AppendFixed(tail, static_cast<uint64_t>(absl::ToUnixMicros(record.time)), 8);
  AppendFixed(tail, record.a, 4);
  AppendFixed(tail, record.b, 4);
  std::string bytes;
  AppendFixed(bytes, Checksum(tail), 4);
  return bytes + tail;
}

std::optional<QuotaLedger::Record> Decode(std::string_view bytes) {
  using Type = QuotaLedger::Record::Type;
  const uint64_t type = ReadFixed(bytes, 4, 4);
  if (ReadFixed(bytes, 0, 4) != Checksum(bytes.substr(4)) ||
      type < static_cast<uint64_t>(Type::kCount) ||
      type > static_cast<uint64_t>(Type::kMinute)) {
    return std::nullopt;
  }
  return QuotaLedger::Record{
      .type = static_cast<Type>(type),
      .key = ReadFixed(bytes, 8, 8),
      .time =
          absl::FromUnixMicros(static_cast<int64_t>(ReadFixed(bytes, 16, 8))),
      .a = static_cast<uint32_t>(ReadFixed(bytes, 24, 4)),
      .b = static_cast<uint32_t>(ReadFixed(bytes, 28, 4))};
}

}  // namespace

uint64_t QuotaLedger::KeyOf(std::string_view name) { return Fnv1a(name); }

absl::StatusOr<std::unique_ptr<QuotaLedger>> QuotaLedger::Open(
    std::string path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
                      S_IRUSR | S_IWUSR);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("quota ledger ", path, ": ", std::strerror(errno)));
  }
  std::unique_ptr<QuotaLedger> ledger(new QuotaLedger(std::move(path), fd));
  std::string bytes(kRecordSize, '\0');
  while (read(fd, bytes.data(), kRecordSize) == kRecordSize) {
    const std::optional<Record> record = Decode(bytes);
    if (record.has_value()) {
      ledger->records_.push_back(*record);
    } else {
      ++ledger->damaged_;
    }
    ledger->bytes_ += kRecordSize;
  }
  if (ftruncate(fd, static_cast<off_t>(ledger->bytes_)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "quota ledger ", ledger->path_, ": ", std::strerror(errno)));
  }
  return ledger;
}

QuotaLedger::~QuotaLedger() { close(fd_); }

bool QuotaLedger::Rewrite(const std::vector<Record>& records) {
  const std::string fresh = path_ + ".new";
  const int fd =
      open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
           S_IRUSR | S_IWUSR);
  if (fd < 0) return false;
  std::string all;
  for (const Record& record : records) {
    all += Encode(record);
  }
  if (write(fd, all.data(), all.size()) != static_cast<ssize_t>(all.size()) ||
      fdatasync(fd) != 0 || std::rename(fresh.c_str(), path_.c_str()) != 0) {
    close(fd);
    return false;
  }
  close(std::exchange(fd_, fd));
  bytes_ = all.size();
  return true;
}

bool QuotaLedger::Append(const Record& record) {
  const std::string bytes = Encode(record);
  const ssize_t written = write(fd_, bytes.data(), bytes.size());
  if (written == static_cast<ssize_t>(bytes.size())) {
    bytes_ += bytes.size();
    return true;
  }
  ++failed_;
  // A part of a record would hide all that comes after it.
  if (written > 0) (void)!ftruncate(fd_, static_cast<off_t>(bytes_));
  return false;
}

}  // namespace vtlookup
