#include "virustotal/keys/quota_ledger.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/fixed.h"
#include "core/fnv.h"

namespace vtlookup {
namespace {

using Record = QuotaLedger::Record;
using Type = Record::Type;
using Slots = std::vector<std::optional<Record>>;

constexpr size_t kRecordSize = 32;
// See RankOf.
constexpr uint64_t kWithoutGenerations = UINT64_MAX;

uint64_t Checksum(std::string_view tail) {
  return crc32(0, reinterpret_cast<const Bytef*>(tail.data()),
               static_cast<uInt>(tail.size()));
}

std::string Encode(const Record& record) {
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

std::optional<Record> Decode(std::string_view bytes) {
  const uint64_t type = ReadFixed(bytes, 4, 4);
  if (ReadFixed(bytes, 0, 4) != Checksum(bytes.substr(4)) ||
      type < static_cast<uint64_t>(Type::kCount) ||
      type > static_cast<uint64_t>(Type::kHighest)) {
    return std::nullopt;
  }
  return Record{.type = static_cast<Type>(type),
                .key = ReadFixed(bytes, 8, 8),
                .time = absl::FromUnixMicros(
                    static_cast<int64_t>(ReadFixed(bytes, 16, 8))),
                .a = static_cast<uint32_t>(ReadFixed(bytes, 24, 4)),
                .b = static_cast<uint32_t>(ReadFixed(bytes, 28, 4))};
}

bool IsZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

std::string ReadAll(int fd) {
  struct stat info = {};
  if (fstat(fd, &info) != 0) return "";
  std::string all(static_cast<size_t>(info.st_size), '\0');
  const ssize_t got = pread(fd, all.data(), all.size(), 0);
  all.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return all;
}

// The records of a file, up to the last sound one and the damaged ones right
// behind it. A part of a record at the end of the file is ignored.
Slots SlotsOf(std::string_view bytes) {
  Slots slots;
  size_t size = 0;
  // Most of a file is zeros, which need no checksums.
  const size_t used = bytes.find_last_not_of('\0') + 1;
  bytes = bytes.substr(0, used + kRecordSize);
  for (size_t at = 0; at + kRecordSize <= bytes.size(); at += kRecordSize) {
    const std::string_view record = bytes.substr(at, kRecordSize);
    slots.push_back(Decode(record));
    const bool goes_on = size + 1 == slots.size() && !IsZero(record);
    if (slots.back().has_value() || goes_on) size = slots.size();
  }
  slots.resize(size);
  return slots;
}

bool AnySound(const Slots& slots) {
  return std::any_of(slots.begin(), slots.end(),
                     [](const auto& slot) { return slot.has_value(); });
}

// The rank of a file, of which the higher one is read: 0 without any sound
// record; 1 with a damaged first record; then by generation; the highest for a
// file of a version without generations.
uint64_t RankOf(const Slots& slots) {
  if (!AnySound(slots)) return 0;
  if (!slots[0].has_value()) return 1;
  if (slots[0]->type != Type::kGeneration) return kWithoutGenerations;
  return uint64_t{slots[0]->a} + 2;
}

// Whether a file holds all records of `merged`.
bool Holds(const Slots& slots, const Slots& merged) {
  return slots.size() == merged.size() &&
         std::all_of(slots.begin(), slots.end(),
                     [](const auto& slot) { return slot.has_value(); });
}

absl::Status Failed(const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat("quota ledger ", path, ": ", std::strerror(errno)));
}

bool WriteAt(int fd, size_t at, std::string_view bytes) {
  return pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at)) ==
         static_cast<ssize_t>(bytes.size());
}

}  // namespace

void Record::SetUptime(absl::Duration uptime) {
  const auto micros = static_cast<uint64_t>(absl::ToInt64Microseconds(uptime));
  a = static_cast<uint32_t>(micros);
  b = static_cast<uint32_t>(micros >> 32);
}

std::optional<absl::Duration> Record::uptime() const {
  if (a == 0 && b == 0) return std::nullopt;
  return absl::Microseconds(static_cast<int64_t>(uint64_t{b} << 32 | a));
}

uint64_t QuotaLedger::KeyOf(std::string_view name) { return Fnv1a(name); }

absl::StatusOr<std::unique_ptr<QuotaLedger>> QuotaLedger::Open(
    Options options) {
  std::unique_ptr<QuotaLedger> ledger(new QuotaLedger(std::move(options)));
  const std::string& path = ledger->options_.path;
  for (const auto& [name, file] :
       {std::pair(path, &ledger->files_[0]),
        std::pair(absl::StrCat(path, ".copy"), &ledger->files_[1])}) {
    if (absl::Status status = ledger->OpenFile(name, file); !status.ok()) {
      return status;
    }
  }
  ledger->Read();
  return ledger;
}

absl::Status QuotaLedger::OpenFile(const std::string& path, File* file) {
  file->fd =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  return file->fd < 0 ? Failed(path) : absl::OkStatus();
}

QuotaLedger::~QuotaLedger() {
  for (const File& file : files_) {
    if (file.fd >= 0) close(file.fd);
  }
}

void QuotaLedger::Read() {
  std::array<Slots, 2> slots;
  bool empty = true;
  for (size_t i = 0; i < files_.size(); ++i) {
    const std::string bytes = ReadAll(files_[i].fd);
    empty = empty && IsZero(bytes);
    slots[i] = SlotsOf(bytes);
    const bool has_head = RankOf(slots[i]) > 1 && slots[i][0].has_value() &&
                          slots[i][0]->type == Type::kGeneration;
    if (has_head) generation_ = std::max(generation_, slots[i][0]->a);
    // When this fails for want of room, records can still be appended as long
    // as the disk takes them.
    (void)posix_fallocate(files_[i].fd, 0, kAllocated);
  }
  const size_t best = RankOf(slots[0]) < RankOf(slots[1]) ? 1 : 0;
  lost_ = !AnySound(slots[best]) && (!empty || options_.expected);
  const Slots merged = Merge(slots[best], slots[1 - best]);
  bytes_ = merged.size() * kRecordSize;
  files_[1 - best].works = Holds(slots[1 - best], merged);
  files_[best].works = Holds(slots[best], merged) || !files_[1 - best].works;
  TakeOver(merged);
}

// The records of the better file. Records that it lacks come from the other
// one, if that is of the same generation.
Slots QuotaLedger::Merge(const Slots& better, const Slots& other) {
  const uint64_t rank = RankOf(better);
  Slots merged = better;
  if (rank != RankOf(other) || rank <= 1) {
    // The other file was being rewritten, is missing, or has a damaged first
    // record.
    if (rank > 1 && rank != kWithoutGenerations) ++mended_;
    return merged;
  }
  merged.resize(std::max(better.size(), other.size()));
  for (size_t i = 0; i < merged.size(); ++i) {
    const std::optional<Record> twin =
        i < other.size() ? other[i] : std::nullopt;
    mended_ += merged[i].has_value() != twin.has_value();
    if (!merged[i].has_value()) merged[i] = twin;
  }
  return merged;
}

void QuotaLedger::TakeOver(const Slots& slots) {
  for (const std::optional<Record>& slot : slots) {
    if (!slot.has_value()) {
      ++damaged_;
    } else if (slot->type == Type::kGeneration) {
      same_boot_ = options_.boot_id != 0 && slot->key == options_.boot_id;
    } else {
      records_.push_back(*slot);
    }
  }
}

bool QuotaLedger::Rewrite(const std::vector<Record>& records, absl::Time now) {
  std::string body;
  for (const Record& record : records) body += Encode(record);
  const std::string head = Encode({.type = Type::kGeneration,
                                   .key = options_.boot_id,
                                   .time = now,
                                   .a = ++generation_});
  // The file that is rewritten second must hold all earlier records until the
  // first is whole.
  File& first = files_[1].works && !files_[0].works ? files_[0] : files_[1];
  File& second = &first == &files_[0] ? files_[1] : files_[0];
  first.works = RewriteFile(first, head, body);
  if (!first.works) return false;
  second.works = RewriteFile(second, head, body);
  bytes_ = head.size() + body.size();
  return true;
}

// Erases the first record first and writes it last, so that in between only the
// other file counts.
bool QuotaLedger::RewriteFile(File& file, std::string_view head,
                              std::string_view body) {
  struct stat info = {};
  if (fstat(file.fd, &info) != 0) return false;
  const size_t end = head.size() + body.size();
  const auto size = static_cast<size_t>(info.st_size);
  const std::string rest(size > end ? size - end : 0, '\0');
  return WriteAt(file.fd, 0, std::string(kRecordSize, '\0')) &&
         WriteAt(file.fd, head.size(), body) && WriteAt(file.fd, end, rest) &&
         fdatasync(file.fd) == 0 && WriteAt(file.fd, 0, head) &&
         fdatasync(file.fd) == 0;
}

bool QuotaLedger::Append(const Record& record) {
  const std::string bytes = Encode(record);
  std::array<bool, 2> written = {};
  for (size_t i = 0; i < files_.size(); ++i) {
    written[i] = files_[i].works && WriteAt(files_[i].fd, bytes_, bytes);
  }
  if (!written[0] && !written[1]) {
    ++failed_;
    return false;
  }
  // A file that misses a record gets no more records until it is rewritten.
  for (size_t i = 0; i < files_.size(); ++i) files_[i].works = written[i];
  bytes_ += bytes.size();
  return true;
}

}  // namespace vtlookup
