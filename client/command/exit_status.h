#ifndef VTLOOKUP_CLIENT_COMMAND_EXIT_STATUS_H_
#define VTLOOKUP_CLIENT_COMMAND_EXIT_STATUS_H_

#include <string>

namespace vtlookup {

// The exit statuses of `vtlookup`. Scripts depend on these numbers, and the
// manual names them.
enum ExitStatus : int {
  kAllAnswered = 0,  // every lookup has an answer, whatever the answer says
  kSomeFailed = 1,   // at least one lookup, or the call, failed
  kUsage = 2,        // the command cannot run as it was written
};

// Prints to standard error what is wrong with the command line, and where to
// find help. Removes secrets from `what`, and escapes control characters except
// line breaks and tabs. Returns kUsage. Thread-safe.
int Complain(const std::string& what);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_EXIT_STATUS_H_
