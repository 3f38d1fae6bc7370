#include "cache/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace vtlookup {

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(
    const std::string& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot open ", folder, ": ", std::generic_category().message(errno)));
  }
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
    return std::unique_ptr<FolderLock>(new FolderLock(fd));
  }
  const int error = errno;
  close(fd);
  if (error == EWOULDBLOCK) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, " is in use by another process"));
  }
  return absl::UnimplementedError(absl::StrCat(
      "cannot lock ", folder, ": ", std::generic_category().message(error)));
}

FolderLock::~FolderLock() { close(fd_); }

}  // namespace vtlookup
