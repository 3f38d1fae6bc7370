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

// Entries in a RocksDB database. Survives kill -9: what was written before is
// there afterwards. While writes fail (a full disk) the tier is off: it reads
// as empty, and tries the disk again after kRetryAfter. What could not be
// written is lost; an older record of the key, still within its time, is then
// what the disk has.
class RocksTier final : public Tier {
 public:
  // Expired records are kept this long beyond their use, then dropped when
  // RocksDB compacts their file.
  static constexpr absl::Duration kGrace = absl::Hours(1);
  static constexpr absl::Duration kRetryAfter = absl::Seconds(30);
  // With less than this many bytes free on the disk nothing is written:
  // Debian's RocksDB has its assertions on, and some of what follows a failed
  // write ends the process.
  static constexpr uint64_t kMinFree = 16U << 20;

  // Bytes that may still be written to the disk of `path`, or the most there
  // can be when that cannot be told.
  static uint64_t FreeBytes(const std::string& path);

  struct Options {
    std::string path;             // folder of the database; made when missing
    uint64_t max_bytes = 0;       // of its files; beyond it the oldest ones go
    rocksdb::Env* env = nullptr;  // for tests; null: the machine's
    // Bytes free on the disk of `path`; for tests.
    std::function<uint64_t(const std::string& path)> free_bytes = FreeBytes;
    // Told in words fit for an operator, from any thread, when the tier is
    // moved aside, turned off or on again, or cut to its bound.
    std::function<void(std::string_view)> report = [](std::string_view) {};
  };

  // A database that cannot be read is moved aside (`<path>.corrupt-<time>`,
  // in place of an earlier one) and an empty one opened. On a full disk the
  // tier is off, and opens the database when there is room. FailedPrecondition
  // when another process has it open, or the folder cannot be used.
  static absl::StatusOr<std::unique_ptr<RocksTier>> Open(Options options,
                                                         const Clock& clock);
  ~RocksTier() override;

  Peeked Peek(std::string_view key, Entry* entry) override;
  std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) override;
  absl::Status Write(const std::vector<Record>& records) override;
  absl::Status Scan(std::string_view from, const Visit& visit) override;

  bool off() const { return off_.load(std::memory_order_acquire); }
  // Both are 0 while it is off; entries are RocksDB's estimate.
  uint64_t bytes() const;
  uint64_t entries() const;
  // Records that could not be read, or made no sense.
  uint64_t read_errors() const { return read_errors_.value(); }

  // Compacts everything now, which drops what has long expired.
  void Compact();

 private:
  RocksTier(Options options, const Clock& clock);

  absl::Status OpenDb();
  rocksdb::Status TryOpenDb();
  bool DiskIsFull() const {
    return options_.free_bytes(options_.path) < kMinFree;
  }
  absl::StatusOr<Entry> DecodeCounted(std::string_view record);
  absl::StatusOr<Entry> EntryOf(const rocksdb::Status& status,
                                std::string_view record);
  bool TryResume() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  void TurnOff(std::string_view why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  void EnforceBound() ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);

  const Options options_;
  const Clock& clock_;
  // Declared before the database that uses it.
  const std::unique_ptr<rocksdb::CompactionFilter> filter_;
  // Itself thread-safe. Set before `off_` is cleared for the first time; null
  // while the tier has been off since it was made.
  std::unique_ptr<rocksdb::DB> db_;

  Mutex write_mu_;  // one writer at a time; readers do not take it
  absl::Time retry_at_ ABSL_GUARDED_BY(write_mu_) = absl::InfinitePast();
  uint64_t unchecked_bytes_ ABSL_GUARDED_BY(write_mu_) = 0;

  std::atomic<bool> off_{true};
  Counter read_errors_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_TIER_H_
