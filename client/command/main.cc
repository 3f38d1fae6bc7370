// vtlookup, the command-line client: reads the environment, parses the command
// line, connects, and runs the command that was named.

#include <grpc/support/log.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/session.h"
#include "core/standard_files.h"

namespace vtlookup {
namespace {

int Main(int argc, char** argv) {
  const char* const server = std::getenv("VTLOOKUP_SERVER");
  std::string error;
  const std::optional<Arguments> arguments = ParseArguments(
      {argv + 1, argv + argc}, server == nullptr ? "" : server, &error);
  if (!arguments.has_value()) return Complain(error);
  const absl::StatusOr<Session> session = OpenSession(*arguments);
  if (!session.ok()) return Complain(std::string(session.status().message()));
  return arguments->run(*session, *arguments);
}

// gRPC's client writes lines of its own to standard error, where this program
// says everything that matters itself. GRPC_VERBOSITY asks for them.
void QuietGrpc() {
  if (std::getenv("GRPC_VERBOSITY") != nullptr) return;
  gpr_set_log_function([](gpr_log_func_args*) {});
}

// Returns `status`, or kUsage with a message when something that was printed
// could not be written, because a script must not take a lost answer for none.
int WithOutput(int status) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::fprintf(stderr, "vtlookup: standard output cannot be written: %s\n",
               errno == 0 ? "a part of it is lost" : std::strerror(errno));
  return kUsage;
}

}  // namespace
}  // namespace vtlookup

int main(int argc, char** argv) {
  vtlookup::OpenStandardFiles();
  vtlookup::QuietGrpc();
  return vtlookup::WithOutput(vtlookup::Main(argc, argv));
}
