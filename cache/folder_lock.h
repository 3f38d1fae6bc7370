#ifndef VTLOOKUP_CACHE_FOLDER_LOCK_H_
#define VTLOOKUP_CACHE_FOLDER_LOCK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace vtlookup {

// Reserves a folder for one process as long as the object lives. The kernel
// releases the lock when the process ends, in whatever way. The lock is on the
// folder itself (flock) and needs no file in it, so it also works on a full or
// read-only disk. Thread-safe.
class FolderLock {
 public:
  // Locks `folder`. FailedPrecondition when another process, or another
  // FolderLock of this process, holds the lock; Unimplemented when the file
  // system has no such locks; Unavailable when the folder cannot be opened.
  // Does not wait.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(
      const std::string& folder);

  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}

  const int fd_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_FOLDER_LOCK_H_
