#ifndef VTLOOKUP_CACHE_FOLDER_LOCK_H_
#define VTLOOKUP_CACHE_FOLDER_LOCK_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace vtlookup {

// Keeps a folder to one process for as long as the object lives; the kernel
// lets go of it when the process ends, in whatever way. It is a lock on the
// folder itself (flock), so that a full or read-only disk can be locked, too.
class FolderLock {
 public:
  // FailedPrecondition when another process, or another object of this one,
  // has it; Unimplemented when its file system knows no such locks;
  // Unavailable when it cannot be opened. Does not wait.
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
