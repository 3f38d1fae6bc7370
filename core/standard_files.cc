#include "core/standard_files.h"

#include <fcntl.h>

#include <cerrno>

namespace vtlookup {

// open returns the lowest number that is free, and those below are in use.
void OpenStandardFiles() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      (void)open("/dev/null", O_RDONLY);
    }
  }
}

}  // namespace vtlookup
