#ifndef VTLOOKUP_CACHE_ROCKS_FAILURES_H_
#define VTLOOKUP_CACHE_ROCKS_FAILURES_H_

#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include <atomic>

namespace vtlookup {

// These functions say what a failure of RocksDB means for the store.
// Thread-safe.

// Whether another process holds RocksDB's own lock. That is a daemon of an
// older version, which does not lock the folder, or a daemon on a file system
// without flock.
bool IsLockHeld(const rocksdb::Status& status);

// Whether the database's files are to blame, rather than the disk.
bool IsUnreadable(const rocksdb::Status& status);

// Sets `failed` when a background thread of RocksDB fails, and `damaged` when
// the cause is a damaged file. Keeps RocksDB from polling a full disk:
// RocksTier tries the disk again, by our clock. Borrows both flags.
// Thread-safe.
class FailureListener final : public rocksdb::EventListener {
 public:
  FailureListener(std::atomic<bool>* failed, std::atomic<bool>* damaged)
      : failed_(failed), damaged_(damaged) {}

  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason,
                            rocksdb::Status error,
                            bool* auto_recovery) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                         rocksdb::Status* error) override;

 private:
  std::atomic<bool>* const failed_;
  std::atomic<bool>* const damaged_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_FAILURES_H_
