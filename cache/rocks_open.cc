#include "cache/rocks_open.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/folder_lock.h"
#include "cache/rocks_failures.h"
#include "cache/rocks_log.h"
#include "cache/rocks_options.h"
#include "cache/spill.h"
#include "cache/store_files.h"
#include "core/text.h"

// The functions of RocksTier that open the store, and that turn the tier on
// and off.

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

}  // namespace

void CloseDb(std::shared_ptr<rocksdb::DB> db) {
  if (db == nullptr) return;
  rocksdb::CancelAllBackgroundWork(db.get(), true);
  db->Close().PermitUncheckedError();
  db.reset();
}

rocksdb::Options RocksOptionsOf(const RocksTier::Options& tier,
                                const Clock& clock) {
  rocksdb::Options options =
      MakeRocksOptions(tier.max_bytes, tier.env, tier.dense);
  options.info_log = std::make_shared<RocksLog>(tier.report, clock);
  return options;
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
  // On a file system without flock, RocksDB's own lock remains.
  if (absl::IsUnimplemented(lock.status())) return absl::OkStatus();
  if (!lock.ok()) return lock.status();
  lock_ = *std::move(lock);
  return absl::OkStatus();
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
    CloseDb(TakeDb());
    failed_ = false;
  }
  if (Db() == nullptr && !OpenDb().ok()) return false;
  return Db() != nullptr && TurnOn();
}

// The spill is written first, because it is older than all later writes. A
// spill that cannot be read or cleared is removed: were it found later, it
// would be written over newer entries.
bool RocksTier::TurnOn() {
  OpenSpill();
  if (spill_ != nullptr) {
    if (!spill_->empty() && !WriteDb(spill_->Read()).ok()) return false;
    // An empty spill is cleared, too, because a write that failed may have left
    // records in it.
    if (!spill_->Clear().ok()) spill_.reset();
  }
  if (spill_ == nullptr) {
    std::error_code ignored;
    fs::remove(options_.path + ".spill", ignored);
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

}  // namespace vtlookup
