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
// end of the process, even kill -9. A power failure may lose the latest ones,
// because a write does not wait until the disk has stored it. Thread-safe.
//
// While the disk cannot be written, for example because it is full, the tier is
// off. Write then appends the records to a spill (cache/spill.h), whose room
// was allocated in advance, and returns OK. Write and Tend try the disk again,
// at most once in kRetryAfter. When it can be written, the tier first copies
// the spill into the database, and only then turns itself on and writes newer
// entries.
//
// While the tier is off, the database may hold older entries of the keys that
// are in the spill. So Get and Scan return Unavailable, and Peek returns
// kAbsent. Write fails with ResourceExhausted when the spill is full, and with
// Unavailable when there is no spill or the spill cannot be written.
//
// A damaged database turns the tier off, too: in Open, or in the next Write or
// Tend after RocksDB has found the damage. The tier stays off, and Write uses
// the spill, until Tend has copied the readable part into a new database.
//
// The database is the folder `<path>`. Beside it, in its parent folder, are
// `<path>.spill`; `<path>.new` and `<path>.old` while a damaged database is
// replaced; and `<path>.corrupt-<time>`, a database that was not copied.
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
    // The folder of the database. It and its parents are created if missing.
    std::string path;
    // The bound, in bytes, of the files in `path` and the spill together; 0: no
    // bound. The other files beside `path` do not count. When tables and
    // write-ahead logs have more bytes than DiskShares::kept, which leaves room
    // for the rest, the oldest tables are deleted with their entries.
    uint64_t max_bytes = 0;
    // Whether values are large texts that are read seldom: they are then
    // compressed as far as possible, and hardly any are kept in memory.
    bool dense = false;
    // What happens when the store cannot be opened, because the parent folder
    // cannot be created or opened, or for an error of RocksDB. True: Open
    // fails. False: Open returns a tier that is off and tries again every
    // kRetryAfter. A damaged database is no such error, nor is a disk that is
    // too full for the database: the tier is then off in either case.
    bool required = false;
    // For tests; null: RocksDB's default. Borrowed; must outlive the tier.
    rocksdb::Env* env = nullptr;
    // Returns the free bytes on the disk of `path`; for tests.
    std::function<uint64_t(const std::string& path)> free_bytes = FreeBytes;
    // Receives texts for an operator: when the tier is turned off or on again,
    // mended, moved aside or cut to its bound, when a part of it cannot be
    // read, and warnings of RocksDB (cache/rocks_log.h). Called from any
    // thread. Must not call the tier.
    std::function<void(std::string_view)> report = [](std::string_view) {};
  };

  // Opens the store. First locks the parent folder of `path` (FolderLock), so
  // that no second process uses the store, also while the database is not open.
  // Where the file system has no such locks, only RocksDB's own lock protects
  // the store, as long as the database is open. On a full disk the tier is off,
  // and opens the database when there is room; a damaged database is left to
  // Tend.
  //
  // FailedPrecondition when another process uses the store, whatever `required`
  // says, or when a required store cannot be opened. Borrows `clock`, which
  // must outlive the tier. Blocks.
  static absl::StatusOr<std::unique_ptr<RocksTier>> Open(Options options,
                                                         const Clock& clock);
  // Waits for the background work of RocksDB, and closes the database. A spill
  // that holds records stays for the next Open. No other thread may use the
  // tier any more.
  ~RocksTier() override;

  Peeked Peek(std::string_view key, Entry* entry) override;
  std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) override;
  absl::Status Write(const std::vector<Record>& records) override;
  // Skips damaged parts of the database and records that cannot be decoded, and
  // still returns OK. Counts both in read_errors(). Reports the first damaged
  // part, and no other until the database has been mended. Internal when
  // reading cannot go on behind the damage; Unavailable when the tier is off,
  // or is turned off during the scan.
  absl::Status Scan(std::string_view from, const Visit& visit) override;
  // Tries a failed disk again, or mends a damaged database. Runs on the
  // caller's thread. Mending may take minutes; other calls do not wait for the
  // copy, and behave as they do while the tier is off. A Write that comes while
  // Tend opens the database or copies the spill waits for that.
  void Tend() override;
  // Ends a running copy soon; the damaged database is then left to the next
  // process. Later calls of Tend do nothing. Does not wait. Any thread.
  void StopTending() override { stopping_ = true; }

  bool off() const { return off_.load(std::memory_order_acquire); }
  // The bytes of tables and write-ahead logs, and RocksDB's estimate of the
  // number of entries. 0 while the tier is off.
  uint64_t bytes() const;
  uint64_t entries() const;
  // Counts records and damaged parts of the database that could not be read.
  uint64_t read_errors() const { return read_errors_.value(); }

  // Compacts the whole database now, which drops entries that expired more than
  // kGrace ago. Does nothing while the tier is off, and ignores errors. Blocks.
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
  // Counts an entry that cannot be read, and reports it, at most once a minute.
  void NoteUnreadable(const absl::Status& why);
  void NoteGaps(uint64_t gaps, const absl::Status& first);

  const Options options_;
  const Clock& clock_;
  // Declared before the database, which uses it.
  const std::unique_ptr<rocksdb::CompactionFilter> filter_;
  // The state of the database. Threads of RocksDB set these flags, too.
  // A write, or background work of RocksDB, has failed: the database must be
  // closed and opened again before the next write.
  std::atomic<bool> failed_{false};
  // The database is damaged: Tend must replace it.
  std::atomic<bool> damaged_{false};

  mutable Mutex db_mu_;  // held only while the pointer is copied
  std::shared_ptr<rocksdb::DB> db_ ABSL_GUARDED_BY(db_mu_);

  Mutex write_mu_;  // one writer at a time; readers do not take it
  std::unique_ptr<FolderLock> lock_ ABSL_GUARDED_BY(write_mu_);
  // The parent folder is locked, or its file system has no locks; so only the
  // database may still have to be opened.
  bool opened_ ABSL_GUARDED_BY(write_mu_) = false;
  bool mending_ ABSL_GUARDED_BY(write_mu_) = false;
  bool reported_off_ ABSL_GUARDED_BY(write_mu_) = false;
  std::unique_ptr<Spill> spill_ ABSL_GUARDED_BY(write_mu_);
  absl::Duration retry_at_ ABSL_GUARDED_BY(write_mu_);  // uptime
  // Bytes that were written since `max_bytes` was last checked.
  uint64_t unchecked_bytes_ ABSL_GUARDED_BY(write_mu_) = 0;

  std::atomic<bool> off_{true};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> gaps_reported_{false};
  std::atomic<int64_t> next_report_{0};  // uptime in seconds
  Counter read_errors_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_TIER_H_
