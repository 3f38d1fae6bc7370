#ifndef VTLOOKUP_CLIENT_COMMAND_ADMIN_H_
#define VTLOOKUP_CLIENT_COMMAND_ADMIN_H_

#include <cstdint>
#include <string>

#include "vtlookup/v1/admin.pb.h"

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// The options that only `vtlookup admin` has: which rpc of AdminService to
// call, and what to put into its request.
struct AdminOptions {
  enum class Action {
    kStatus,
    kEntries,
    kInvalidate,
    kRefresh,
    kExport,
    kImport,
    kQuota,
    kReload,
    kLogLevel,
  };
  Action action = Action::kStatus;
  v1::EntryFilter filter;  // selects the entries
  bool dry_run = false;
  bool hard = false;
  bool no_raw = false;
  bool yes = false;  // delete without asking
  bool all = false;
  bool full = false;
  // VTLOOKUP_SERVER is set, and does not say where AdminService is.
  bool ignores_server = false;
  uint32_t limit = 0;       // of entries; 0: no limit, or the daemon's
  std::string resume = {};  // with kQuota: the name of the API key to use again
  v1::LogLevel level = v1::LOG_LEVEL_UNSPECIFIED;
};

// Returns the words that `vtlookup admin log-level` takes. Thread-safe.
std::vector<std::string> LogLevelNames();

// Declares `vtlookup admin`, with a command below it for each action. `app`
// must be the whole command line: if it has no --server, parsing sets
// `arguments.server` to the address of AdminService on this machine, which may
// come from the environment (VTLOOKUP_ADMIN, XDG_RUNTIME_DIR). `app` refers to
// `arguments`, which must outlive it.
void DeclareAdmin(CLI::App& app, Arguments& arguments);

// Runs the action and prints its answer, as Administer does. Prints an error to
// standard error, and then returns kSomeFailed. Blocks.
int RunAdmin(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ADMIN_H_
