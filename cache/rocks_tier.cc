#include "cache/rocks_tier.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/drop_expired.h"
#include "cache/folder_lock.h"
#include "cache/rocks_bound.h"
#include "cache/rocks_open.h"
#include "cache/rocks_options.h"
#include "cache/skip_scan.h"
#include "cache/spill.h"
#include "cache/store_files.h"
#include "core/text.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

// Keys that are read together. Each keeps its block in memory during the read.
constexpr size_t kKeysAtOnce = 64;
// Bytes that a scan reads at a time. The scan holds the database only during
// that.
constexpr size_t kScanBytes = 1U << 20;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(1);
constexpr int64_t kBetweenReports = 60;  // seconds

rocksdb::Slice ToSlice(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

RocksTier::RocksTier(Options options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      filter_(std::make_unique<DropExpired>(clock, kGrace)) {}

RocksTier::~RocksTier() { CloseDb(TakeDb()); }

uint64_t RocksTier::FreeBytes(const std::string& path) {
  std::error_code error;
  const fs::space_info space = fs::space(fs::path(path).parent_path(), error);
  return error ? UINT64_MAX : space.available;
}

std::shared_ptr<rocksdb::DB> RocksTier::Db() const {
  MutexLock lock(db_mu_);
  return db_;
}

void RocksTier::SetDb(std::shared_ptr<rocksdb::DB> db) {
  MutexLock lock(db_mu_);
  db_ = std::move(db);
}

std::shared_ptr<rocksdb::DB> RocksTier::TakeDb() {
  std::shared_ptr<rocksdb::DB> db;
  {
    MutexLock lock(db_mu_);
    db.swap(db_);
  }
  // Each reader holds the database only for one read, and no new reader comes.
  while (db.use_count() > 1) absl::SleepFor(kBetweenLooks);
  return db;
}

absl::StatusOr<Entry> RocksTier::DecodeCounted(std::string_view record) {
  absl::StatusOr<Entry> entry = DecodeEntry(record);
  if (!entry.ok()) NoteUnreadable(entry.status());
  return entry;
}

Tier::Peeked RocksTier::Peek(std::string_view key, Entry* entry) {
  const std::shared_ptr<rocksdb::DB> db = Db();
  if (off() || db == nullptr) return Peeked::kAbsent;
  rocksdb::ReadOptions read;
  read.read_tier = rocksdb::kBlockCacheTier;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db->Get(read, db->DefaultColumnFamily(), ToSlice(key), &value);
  if (status.IsNotFound()) return Peeked::kAbsent;
  if (!status.ok()) return Peeked::kUnknown;
  absl::StatusOr<Entry> decoded = DecodeCounted({value.data(), value.size()});
  if (!decoded.ok()) return Peeked::kAbsent;
  *entry = *std::move(decoded);
  return Peeked::kFound;
}

absl::StatusOr<Entry> RocksTier::EntryOf(const rocksdb::Status& status,
                                         std::string_view record) {
  if (status.IsNotFound()) return absl::NotFoundError("not on disk");
  if (!status.ok()) {
    const absl::Status failure =
        absl::InternalError(absl::StrCat("disk: ", status.ToString()));
    NoteUnreadable(failure);
    return failure;
  }
  return DecodeCounted(record);
}

std::vector<absl::StatusOr<Entry>> RocksTier::Get(
    const std::vector<std::string>& keys) {
  std::vector<absl::StatusOr<Entry>> entries;
  entries.reserve(keys.size());
  const std::shared_ptr<rocksdb::DB> db = Db();
  if (off() || db == nullptr) {
    entries.assign(keys.size(), absl::UnavailableError("the disk tier is off"));
    return entries;
  }
  std::array<rocksdb::Slice, kKeysAtOnce> slices;
  std::array<rocksdb::Status, kKeysAtOnce> statuses;
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t count = std::min(kKeysAtOnce, keys.size() - begin);
    std::copy_n(keys.begin() + static_cast<ptrdiff_t>(begin), count,
                slices.begin());
    std::array<rocksdb::PinnableSlice, kKeysAtOnce> values;
    db->MultiGet(rocksdb::ReadOptions(), db->DefaultColumnFamily(), count,
                 slices.data(), values.data(), statuses.data());
    for (size_t i = 0; i < count; ++i) {
      entries.push_back(
          EntryOf(statuses[i], {values[i].data(), values[i].size()}));
    }
  }
  return entries;
}

absl::Status RocksTier::Write(const std::vector<Record>& records) {
  MutexLock lock(write_mu_);
  absl::Status status = CanWrite()
                            ? WriteDb(records)
                            : absl::UnavailableError("the disk tier is off");
  if (status.ok() || spill_ == nullptr) return status;
  // The tier is off now, and is turned on only after the spill is in the
  // database.
  return spill_->Append(records);
}

bool RocksTier::CanWrite() {
  if (mending_) return false;
  if (off()) return TryResume();
  if (damaged_) {
    TurnOff("the database is damaged");
    return false;
  }
  if (failed_) {
    TurnOff("RocksDB could not write");
    return false;
  }
  if (DiskIsFull()) {
    TurnOff("the disk is full");
    return false;
  }
  return true;
}

absl::Status RocksTier::WriteDb(const std::vector<Record>& records) {
  const std::shared_ptr<rocksdb::DB> db = Db();
  rocksdb::WriteBatch batch;
  for (const Record& record : records) {
    rocksdb::Status added = batch.Put(record.key, EncodeEntry(record.entry));
    added.PermitUncheckedError();  // fails only beyond 4 GiB
  }
  const rocksdb::Status status = db->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok()) {
    failed_ = true;
    if (status.IsCorruption()) MarkDamaged(status.ToString());
    TurnOff(status.ToString());
    return absl::UnavailableError(absl::StrCat("disk: ", status.ToString()));
  }
  unchecked_bytes_ += batch.GetDataSize();
  if (unchecked_bytes_ >= DiskShares::Of(options_.max_bytes).check_every) {
    unchecked_bytes_ = 0;
    EnforceBound();
  }
  return absl::OkStatus();
}

absl::Status RocksTier::Scan(std::string_view from, const Visit& visit) {
  Chunk chunk;
  chunk.next = from;
  while (!chunk.end) {
    const std::string begin = std::exchange(chunk, Chunk()).next;
    absl::Status read;
    {
      const std::shared_ptr<rocksdb::DB> db = Db();
      if (off() || db == nullptr) {
        return absl::UnavailableError("the disk tier is off");
      }
      read = ReadChunk(*db, begin, kScanBytes, &chunk);
    }
    NoteGaps(chunk.gaps, chunk.first_gap);
    for (const auto& [key, record] : chunk.records) {
      const absl::StatusOr<Entry> entry = DecodeCounted(record);
      if (entry.ok() && !visit(key, *entry)) return absl::OkStatus();
    }
    if (!read.ok()) {
      return absl::InternalError(absl::StrCat("disk: ", read.message()));
    }
  }
  return absl::OkStatus();
}

void RocksTier::NoteUnreadable(const absl::Status& why) {
  read_errors_.Add();
  const int64_t now = absl::ToInt64Seconds(clock_.Uptime());
  int64_t next = next_report_.load();
  if (now < next ||
      !next_report_.compare_exchange_strong(next, now + kBetweenReports)) {
    return;
  }
  options_.report(absl::StrCat(
      "an entry on disk cannot be read (", why.message(),
      "), and VirusTotal is asked for it again; ", read_errors_.value(),
      " such errors since the start, of which one in a minute is logged"));
}

void RocksTier::NoteGaps(uint64_t gaps, const absl::Status& first) {
  if (gaps == 0) return;
  read_errors_.Add(gaps);
  if (gaps_reported_.exchange(true)) return;
  options_.report(absl::StrCat("a part of the cache on disk cannot be read (",
                               first.message(),
                               "); the entries in it are skipped"));
}

uint64_t RocksTier::bytes() const {
  const std::shared_ptr<rocksdb::DB> db = Db();
  if (off() || db == nullptr) return 0;
  return PropertyOf(*db, "rocksdb.total-sst-files-size") +
         SizeOfFiles(options_.path, ".log");
}

uint64_t RocksTier::entries() const {
  const std::shared_ptr<rocksdb::DB> db = Db();
  if (off() || db == nullptr) return 0;
  return PropertyOf(*db, "rocksdb.estimate-num-keys");
}

void RocksTier::EnforceBound() {
  const uint64_t kept = DiskShares::Of(options_.max_bytes).kept;
  if (kept == 0) return;
  const std::shared_ptr<rocksdb::DB> db = Db();
  while (LiveBytes(*db, options_.path) > kept && DropOldest(*db)) {
    options_.report(absl::StrCat(
        "the cache on disk has reached its limit of ", options_.max_bytes,
        " bytes (cache.disk_limit); its oldest file was deleted"));
  }
}

void RocksTier::Compact() {
  const std::shared_ptr<rocksdb::DB> db = Db();
  if (off() || db == nullptr) return;
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  db->CompactRange(all, nullptr, nullptr).PermitUncheckedError();
}

}  // namespace vtlookup
