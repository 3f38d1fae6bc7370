#ifndef VTLOOKUP_CACHE_ROCKS_TIER_H_
#define VTLOOKUP_CACHE_ROCKS_TIER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "cache/tier.h"
#include "core/clock.h"
#include "core/counter.h"
#include "core/mutex.h"

namespace rocksdb {
class CompactionFilter;
class DB;
class Env;
class Status;
}  // namespace rocksdb

namespace vtlookup {

class FolderLock;
class Spill;

// Keeps entries in a RocksDB database. Entries that were written survive the
// end of the process, even kill -9. Thread-safe.
//
// While writes fail (a full disk) the tier is off, and tries the disk again
// after kRetryAfter. Meanwhile Get and Scan return Unavailable, and Peek
// returns kAbsent, because the newest entries are not in the database: they go
// into a spill (cache/spill.h), whose room was allocated in advance, and from
// there into the database before any newer entry. When the spill is full, Write
// fails.
//
// While the database is damaged the tier is off, too, until Tend has copied the
// readable part into a new database.
//
// Files in the folder of `path`: `<path>`, the database; `<path>.spill`;
// `<path>.new` and `<path>.old` while a damaged database is replaced;
// `<path>.corrupt-<time>`, a database that could not be copied.
class RocksTier final : public Tier {
 public:
  // Expired records are kept this long after Entry::usable_until. RocksDB drops
  // them the next time it compacts their file.
  static constexpr absl::Duration kGrace = absl::Hours(1);
  static constexpr absl::Duration kRetryAfter = absl::Seconds(30);
  // Nothing is written while the disk has fewer free bytes than this: Debian's
  // RocksDB has its assertions on, and some of them end the process after a
  // failed write.
  static constexpr uint64_t kMinFree = 16U << 20;

  // Returns the bytes that may still be written to the disk of `path`;
  // UINT64_MAX when the system does not say.
  static uint64_t FreeBytes(const std::string& path);

  struct Options {
    std::string path;  // folder of the database; created if missing
    // Bound of all files in the folder of `path`, in bytes; 0: no bound. When
    // it is reached, the oldest files are dropped.
    uint64_t max_bytes = 0;
    // True: Open fails when the store cannot be opened. False: the tier is then
    // off, and tries again. A full disk or a damaged database never makes Open
    // fail.
    bool required = false;
    rocksdb::Env* env = nullptr;  // for tests; null: RocksDB's default
    // Returns the free bytes on the disk of `path`; for tests.
    std::function<uint64_t(const std::string& path)> free_bytes = FreeBytes;
    // Receives texts for an operator: when the tier is turned off or on again,
    // mended, moved aside or cut to its bound, when a part of it cannot be
    // read, and warnings of RocksDB (cache/rocks_log.h). Called from any
    // thread. Must not call the tier.
    std::function<void(std::string_view)> report = [](std::string_view) {};
  };

  // Opens the store. Locks the folder first, so that no second process touches
  // the store, whatever state it is in. On a full disk the tier is off, and
  // opens the database when there is room; a damaged database is left to Tend.
  // FailedPrecondition when another process uses the store, or when a required
  // store cannot be opened. Borrows `clock`.
  static absl::StatusOr<std::unique_ptr<RocksTier>> Open(Options options,
                                                         const Clock& clock);
  ~RocksTier() override;

  Peeked Peek(std::string_view key, Entry* entry) override;
  std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) override;
  absl::Status Write(const std::vector<Record>& records) override;
  // Skips places that cannot be read, counts them, and reports the first of
  // them.
  absl::Status Scan(std::string_view from, const Visit& visit) override;
  // Tries a failed disk again, and mends a damaged database, which may take
  // minutes.
  void Tend() override;
  void StopTending() override { stopping_ = true; }

  bool off() const { return off_.load(std::memory_order_acquire); }
  // The bytes of tables and write-ahead logs, and RocksDB's estimate of the
  // number of entries. 0 while the tier is off.
  uint64_t bytes() const;
  uint64_t entries() const;
  // Counts records and places that could not be read.
  uint64_t read_errors() const { return read_errors_.value(); }

  // Compacts the whole database now, which drops entries that expired more than
  // kGrace ago. Blocks.
  void Compact();

 private:
  RocksTier(Options options, const Clock& clock);

  // Returns null while no database is open.
  std::shared_ptr<rocksdb::DB> Db() const ABSL_LOCKS_EXCLUDED(db_mu_);
  void SetDb(std::shared_ptr<rocksdb::DB> db) ABSL_LOCKS_EXCLUDED(db_mu_);
  // Takes the database away from new readers, and waits for running reads.
  std::shared_ptr<rocksdb::DB> TakeDb() ABSL_LOCKS_EXCLUDED(db_mu_);

  // Opening the store, and turning the tier on and off: cache/rocks_open.cc.
  absl::Status OpenStore() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  absl::Status LockFolder() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  absl::Status OpenDb() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  rocksdb::Status TryOpenDb();
  void OpenSpill() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  bool TryResume() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  bool TurnOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  void TurnOff(std::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);

  bool DiskIsFull() const {
    return options_.free_bytes(options_.path) < kMinFree;
  }
  bool CanWrite() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  absl::Status WriteDb(const std::vector<Record>& records)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  void EnforceBound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);

  // Mending a damaged database: cache/rocks_mend.cc.
  void MarkDamaged(std::string_view why);
  void Mend() ABSL_LOCKS_EXCLUDED(write_mu_);
  absl::Status CopyToNew(std::shared_ptr<rocksdb::DB> damaged);
  absl::Status StartEmpty(std::string_view why);

  absl::StatusOr<Entry> DecodeCounted(std::string_view record);
  absl::StatusOr<Entry> EntryOf(const rocksdb::Status& status,
                                std::string_view record);
  void NoteGaps(uint64_t gaps, const absl::Status& first);

  const Options options_;
  const Clock& clock_;
  // Declared before the database, which uses it.
  const std::unique_ptr<rocksdb::CompactionFilter> filter_;
  // The state of the database. Threads of RocksDB set these flags, too.
  std::atomic<bool> failed_{false};   // must be closed before it is used again
  std::atomic<bool> damaged_{false};  // must be copied

  mutable Mutex db_mu_;  // held only while the pointer is copied
  std::shared_ptr<rocksdb::DB> db_ ABSL_GUARDED_BY(db_mu_);

  Mutex write_mu_;  // one writer at a time; readers do not take it
  std::unique_ptr<FolderLock> lock_ ABSL_GUARDED_BY(write_mu_);
  bool opened_ ABSL_GUARDED_BY(write_mu_) = false;  // the folder is locked
  bool mending_ ABSL_GUARDED_BY(write_mu_) = false;
  bool reported_off_ ABSL_GUARDED_BY(write_mu_) = false;
  std::unique_ptr<Spill> spill_ ABSL_GUARDED_BY(write_mu_);
  absl::Duration retry_at_ ABSL_GUARDED_BY(write_mu_);  // uptime
  uint64_t unchecked_bytes_ ABSL_GUARDED_BY(write_mu_) = 0;

  std::atomic<bool> off_{true};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> gaps_reported_{false};
  Counter read_errors_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_TIER_H_
