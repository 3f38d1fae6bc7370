#include "cache/entry.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "core/fixed.h"

namespace vtlookup {
namespace {

constexpr char kVersion = 1;
constexpr size_t kCrcAt = 1;
constexpr size_t kStoredAt = 5;
constexpr size_t kFreshAt = 13;
constexpr size_t kUsableAt = 21;
constexpr size_t kValueAt = 29;

void AppendTime(std::string& out, absl::Time time) {
  AppendFixed(out, static_cast<uint64_t>(absl::ToUnixMicros(time)), 8);
}

absl::Time ReadTime(std::string_view in, size_t at) {
  return absl::FromUnixMicros(static_cast<int64_t>(ReadFixed(in, at, 8)));
}

uint32_t Crc(std::string_view data) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

absl::Status CheckHead(std::string_view record) {
  if (record.size() < kValueAt) {
    return absl::DataLossError("the record is too short");
  }
  if (record[0] != kVersion) {
    return absl::DataLossError("the record has an unknown version");
  }
  return absl::OkStatus();
}

// An entry that may never stand in, such as a queued verdict, has a
// `usable_until` that is not after `fresh_until`.
Freshness FreshnessOfUnknownAge(const Entry& entry, absl::Time now) {
  const bool may_stand_in =
      entry.stored - now <= kLongestAhead + kClockSlack &&
      entry.usable_until > std::max(entry.fresh_until, entry.stored);
  return may_stand_in ? Freshness::kStale : Freshness::kGone;
}

}  // namespace

Freshness FreshnessAt(const Entry& entry, absl::Time now) {
  // The plain comparison comes first, because each lookup calls this function.
  if (entry.stored > now && !HasKnownAge(entry, now)) {
    return FreshnessOfUnknownAge(entry, now);
  }
  if (now < entry.fresh_until) return Freshness::kFresh;
  if (now < entry.usable_until) return Freshness::kStale;
  return Freshness::kGone;
}

bool IsNewer(const Entry& entry, const Entry& other, absl::Time now) {
  const bool known = HasKnownAge(entry, now);
  if (known != HasKnownAge(other, now)) return known;
  return entry.stored > other.stored;
}

std::string EncodeEntry(const Entry& entry) {
  std::string tail;
  tail.reserve(kValueAt - kStoredAt + entry.value->size());
  AppendTime(tail, entry.stored);
  AppendTime(tail, entry.fresh_until);
  AppendTime(tail, entry.usable_until);
  tail += *entry.value;

  std::string record(1, kVersion);
  record.reserve(kStoredAt + tail.size());
  AppendFixed(record, Crc(tail), 4);
  record += tail;
  return record;
}

absl::StatusOr<Entry> DecodeEntry(std::string_view record) {
  if (absl::Status status = CheckHead(record); !status.ok()) return status;
  if (ReadFixed(record, kCrcAt, 4) != Crc(record.substr(kStoredAt))) {
    return absl::DataLossError("the checksum of the record is wrong");
  }
  return Entry{std::make_shared<const std::string>(record.substr(kValueAt)),
               ReadTime(record, kStoredAt), ReadTime(record, kFreshAt),
               ReadTime(record, kUsableAt)};
}

absl::StatusOr<RecordTimes> TimesOf(std::string_view record) {
  if (absl::Status status = CheckHead(record); !status.ok()) return status;
  return RecordTimes{.stored = ReadTime(record, kStoredAt),
                     .usable_until = ReadTime(record, kUsableAt)};
}

}  // namespace vtlookup
