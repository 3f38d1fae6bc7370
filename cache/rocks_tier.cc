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

absl::StatusOr<std::unique_ptr<RocksTier>> RocksTier::Open(Options options,
                                                           const Clock& clock) {
  std::unique_ptr<RocksTier> tier(new RocksTier(std::move(options), clock));
  MutexLock lock(tier->write_mu_);
  tier->retry_at_ = clock.Uptime() + kRetryAfter;
  const absl::Status status = tier->OpenStore();
  if (absl::IsFailedPrecondition(status)) return status;
  if (!status.ok() && tier->options_.required) {
    return absl::FailedPreconditionError(status.message());
  }
  if (!status.ok()) {
    tier->reported_off_ = true;
    tier->options_.report(absl::StrCat(
        status.message(),
        "; the cache uses memory only until the disk can be used again"));
  }
  return tier;
}

// Opens the lock, the spill and the database. Leaves the tier off, without an
// error, when the disk is full or the database is damaged. FailedPrecondition
// when another process uses the store.
absl::Status RocksTier::OpenStore() {
  if (absl::Status status = LockFolder(); !status.ok()) return status;
  opened_ = true;
  OpenSpill();
  if (DiskIsFull()) {
    reported_off_ = true;
    options_.report(
        "the disk is full; the cache uses memory only until the disk can be "
        "used again");
    return absl::OkStatus();
  }
  absl::Status status = OpenDb();
  if (status.ok() && Db() != nullptr) TurnOn();
  if (!status.ok()) {
    // A process that cannot use the store must not keep others from it.
    spill_.reset();
    lock_.reset();
    opened_ = false;
  }
  return status;
}

absl::Status RocksTier::LockFolder() {
  const std::string folder = fs::path(options_.path).parent_path().string();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("cannot create the folder ",
                                               folder, ": ", error.message()));
  }
  absl::StatusOr<std::unique_ptr<FolderLock>> lock = FolderLock::Take(folder);
  if (lock.ok()) lock_ = *std::move(lock);
  // On a file system without flock, RocksDB's own lock remains.
  return absl::IsUnimplemented(lock.status()) ? absl::OkStatus()
                                              : lock.status();
}

void RocksTier::OpenSpill() {
  if (spill_ != nullptr) return;
  absl::StatusOr<std::unique_ptr<Spill>> spill = Spill::Open(
      options_.path + ".spill", DiskShares::Of(options_.max_bytes).spill);
  if (spill.ok()) spill_ = *std::move(spill);
}

absl::Status RocksTier::OpenDb() {
  const std::string& path = options_.path;
  FinishReplacing(path);
  rocksdb::Status status;
  if (IsMarkedBroken(path)) {
    status = rocksdb::Status::Corruption("found while the database was open");
  } else if (LostItsCurrent(path)) {
    status = rocksdb::Status::Corruption("the file CURRENT is missing");
  } else {
    status = TryOpenDb();
  }
  if (status.ok()) return absl::OkStatus();
  if (status.IsNoSpace()) {
    reported_off_ = true;
    options_.report(
        "the disk is full; the cache uses memory only until the disk can be "
        "used again");
    return absl::OkStatus();
  }
  if (IsUnreadable(status)) {
    damaged_ = true;
    reported_off_ = true;
    options_.report(absl::StrCat(
        "the cache in ", path, " is damaged (", status.ToString(),
        "); the daemon copies what can be read to a new database, and the "
        "cache uses memory only until the copy is complete"));
    return absl::OkStatus();
  }
  if (IsLockHeld(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the cache in ", path, " is in use by another process"));
  }
  return absl::UnavailableError(
      absl::StrCat("cannot open the cache in ", path, ": ", status.ToString()));
}

rocksdb::Status RocksTier::TryOpenDb() {
  rocksdb::Options rocks = RocksOptionsOf(options_, clock_);
  rocks.listeners.push_back(
      std::make_shared<FailureListener>(&failed_, &damaged_));
  rocks.compaction_filter = filter_.get();
  // RocksDB would log a warning that the folder is missing.
  std::error_code ignored;
  fs::create_directories(options_.path, ignored);
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(rocks, options_.path, &db);
  SetDb(std::shared_ptr<rocksdb::DB>(db));
  return status;
}

absl::StatusOr<Entry> RocksTier::DecodeCounted(std::string_view record) {
  absl::StatusOr<Entry> entry = DecodeEntry(record);
  if (!entry.ok()) read_errors_.Add();
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
    read_errors_.Add();
    return absl::InternalError(absl::StrCat("disk: ", status.ToString()));
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

void RocksTier::NoteGaps(uint64_t gaps, const absl::Status& first) {
  if (gaps == 0) return;
  read_errors_.Add(gaps);
  if (gaps_reported_.exchange(true)) return;
  options_.report(absl::StrCat("a part of the cache on disk cannot be read (",
                               first.message(),
                               "); the entries in it are skipped"));
}

// Turns the tier on if the disk can be written again. Returns whether it is on.
bool RocksTier::TryResume() {
  const absl::Duration now = clock_.Uptime();
  if (damaged_ || now < retry_at_) return false;
  retry_at_ = now + kRetryAfter;
  if (!opened_) return OpenStore().ok() && !off();
  if (DiskIsFull()) return false;
  if (failed_) {
    // DB::Resume would not do: when nothing was written since the last flush,
    // it goes on with the write-ahead log that failed, and an assertion ends
    // the process.
    Close(TakeDb());
    failed_ = false;
  }
  if (Db() == nullptr && !OpenDb().ok()) return false;
  return Db() != nullptr && TurnOn();
}

// The spill is written first, because it is older than all later writes.
bool RocksTier::TurnOn() {
  OpenSpill();
  if (spill_ != nullptr && !spill_->empty()) {
    if (!WriteDb(spill_->Read()).ok()) return false;
    if (!spill_->Clear().ok()) {
      // The next start would write the spill again, over newer entries.
      spill_.reset();
      std::error_code ignored;
      fs::remove(options_.path + ".spill", ignored);
    }
  }
  off_.store(false, std::memory_order_release);
  if (std::exchange(reported_off_, false)) {
    options_.report("the disk can be used again; entries are written to disk");
  }
  return true;
}

void RocksTier::TurnOff(std::string_view why) {
  if (off_.exchange(true)) return;
  retry_at_ = clock_.Uptime() + kRetryAfter;
  reported_off_ = true;
  options_.report(absl::StrCat(
      "the disk cannot be used (", ToAbsl(why),
      "); the cache uses memory only until the disk can be used again"));
}

// Leaves a mark on the disk for the next start, in case the process ends before
// the database is mended.
void RocksTier::MarkDamaged(std::string_view why) {
  damaged_ = true;
  MarkBroken(options_.path, why);
}

void RocksTier::Tend() {
  {
    MutexLock lock(write_mu_);
    if (mending_ || stopping_) return;
    if (!damaged_) {
      if (off()) {
        TryResume();
      } else if (!DiskIsFull()) {
        OpenSpill();  // there may have been no room for it before
      }
      return;
    }
    if (!IsMarkedBroken(options_.path)) {
      MarkDamaged("found while the database was open");
    }
    TurnOff("the database is damaged");
    mending_ = true;
  }
  Mend();
}

// Copies without holding `write_mu_`, because the copy may take minutes.
// `mending_` keeps writers away.
void RocksTier::Mend() {
  const absl::Status status = CopyToNew(TakeDb());
  MutexLock lock(write_mu_);
  mending_ = false;
  if (!status.ok()) {
    if (!stopping_) {
      options_.report(absl::StrCat("the damaged cache could not be repaired: ",
                                   status.message()));
    }
    return;
  }
  damaged_ = false;
  failed_ = false;
  gaps_reported_ = false;
  if (OpenDb().ok() && Db() != nullptr) TurnOn();
}

absl::Status RocksTier::CopyToNew(std::shared_ptr<rocksdb::DB> damaged) {
  const std::string& path = options_.path;
  SalvageOptions options{.rocks = RocksOptionsOf(options_, clock_),
                         .has_room = [this] { return !DiskIsFull(); },
                         .stop = &stopping_};
  const uint64_t bytes = SizeOfFiles(path, "");
  if (options_.free_bytes(path) < bytes + kMinFree) {
    Close(std::move(damaged));
    return StartEmpty("there is no room for a copy");
  }
  if (damaged == nullptr) {
    absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened =
        OpenDamaged(path, options.rocks);
    if (!opened.ok()) return StartEmpty(opened.status().ToString());
    damaged = *std::move(opened);
  }
  const absl::StatusOr<Salvaged> salvaged =
      Salvage(*damaged, path + kNewSuffix, options);
  Close(std::move(damaged));
  if (!salvaged.ok()) return salvaged.status();
  if (salvaged->records == 0 && salvaged->unreadable > 0) {
    std::error_code ignored;
    fs::remove_all(path + kNewSuffix, ignored);
    return StartEmpty("nothing in it can be read");
  }
  read_errors_.Add(salvaged->unreadable);
  if (absl::Status status = ReplaceByNew(path); !status.ok()) return status;
  options_.report(
      absl::StrCat("the damaged cache was replaced: ", salvaged->records,
                   " entries were copied, ", salvaged->unreadable,
                   " places could not be read and are lost"));
  return absl::OkStatus();
}

absl::Status RocksTier::StartEmpty(std::string_view why) {
  const absl::StatusOr<std::string> aside =
      MoveAside(options_.path, clock_.Now());
  if (!aside.ok()) return aside.status();
  options_.report(absl::StrCat(
      "the cache in ", options_.path, " cannot be copied (", ToAbsl(why),
      "); it was moved to ", *aside, " and an empty one is used"));
  return absl::OkStatus();
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
