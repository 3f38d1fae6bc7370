// vtlookup, the command-line client: reads the environment, parses the command
// line, connects, and runs the command that was named.

#include <cstdlib>
#include <optional>
#include <string>

#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/session.h"

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

}  // namespace
}  // namespace vtlookup

int main(int argc, char** argv) { return vtlookup::Main(argc, argv); }
