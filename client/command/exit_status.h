#ifndef VTLOOKUP_CLIENT_COMMAND_EXIT_STATUS_H_
#define VTLOOKUP_CLIENT_COMMAND_EXIT_STATUS_H_

#include <string>

namespace vtlookup {

// The exit statuses of `vtlookup`. Scripts depend on these numbers, and the
// manual names them.
enum ExitStatus : int {
  // Every lookup has an answer, whatever the answer says. For a command without
  // lookups: it has succeeded. For bench: at least one lookup has an answer.
  kAllAnswered = 0,
  // At least one lookup, or the whole command, has failed. For bench: all
  // lookups have failed. For enrich also: a line is not a row. For status: the
  // daemon does not serve lookups.
  kSomeFailed = 1,
  // The command line is wrong, a file cannot be read or written, or the token,
  // the certificates or the address cannot be used.
  kUsage = 2,
  // A verdict is one of those that --fail-on names, and nothing has failed.
  kFailOn = 3,
  // SIGINT has ended enrich; the message says how to go on.
  kInterrupted = 130,
};

// Prints to standard error what is wrong with the command line, and where to
// find help. Removes secrets from `what`, and escapes control characters except
// line breaks and tabs. Returns kUsage. Thread-safe.
int Complain(const std::string& what);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_EXIT_STATUS_H_
