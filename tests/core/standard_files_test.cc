#include "core/standard_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vtlookup {
namespace {

// Runs in a child, because a test must keep its own descriptors. Returns the
// number of the first check that failed, or 0.
int ChecksInChild(int (*checks)()) {
  const pid_t child = fork();
  if (child == 0) _exit(checks());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(StandardFiles, ClosedOnesAreOpenedAndLoseNothingSilently) {
  EXPECT_EQ(ChecksInChild([] {
              for (int fd = 0; fd <= 2; ++fd) close(fd);
              OpenStandardFiles();
              char c = 0;
              if (read(0, &c, 1) != 0) return 1;    // the end of input
              if (write(1, &c, 1) != -1) return 2;  // an error, no success
              if (fcntl(2, F_GETFD) < 0) return 3;  // in use
              return open("/dev/null", O_RDONLY) > 2 ? 0 : 4;
            }),
            0);
}

TEST(StandardFiles, OpenOnesStay) {
  EXPECT_EQ(ChecksInChild([] {
              int pipe_ends[2];
              if (pipe(pipe_ends) != 0) return 1;
              dup2(pipe_ends[0], 0);
              close(1);
              OpenStandardFiles();
              char c = 'x';
              if (write(pipe_ends[1], &c, 1) != 1) return 2;
              c = 0;
              return read(0, &c, 1) == 1 && c == 'x' ? 0 : 3;
            }),
            0);
}

}  // namespace
}  // namespace vtlookup
