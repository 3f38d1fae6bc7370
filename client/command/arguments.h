#ifndef VTLOOKUP_CLIENT_COMMAND_ARGUMENTS_H_
#define VTLOOKUP_CLIENT_COMMAND_ARGUMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/command/admin.h"
#include "client/command/bench.h"
#include "client/command/enrich_options.h"
#include "client/command/lookup.h"
#include "client/command/watch.h"
#include "vtlookup/connection.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

struct Arguments;
struct Session;

// Runs a command: prints its results to standard output and its failures to
// standard error, and returns the exit status of the program, an ExitStatus
// (exit_status.h). Called once, on the main thread. Blocks until the command
// has ended.
using RunCommand = int (*)(const Session& session, const Arguments& arguments);

// The command that prints `arguments.text`: the help, the version, or the
// completion script of a shell. Does not use the session.
int PrintText(const Session& session, const Arguments& arguments);

// What a command line of `vtlookup` asks for. A value: it refers to nothing
// that belongs to the parser.
//
// Each command has a file with two functions: one declares the options and is
// in the list of commands in arguments.cc, and the other is a RunCommand.
// Options of a single command are a struct in the command's header, and a
// member here.
struct Arguments {
  // The command that was named; PrintText if none was named.
  RunCommand run = PrintText;
  std::string text;  // for PrintText

  // How to reach the daemon.
  std::string server;
  ConnectionOptions connection;
  std::string token_file;                      // empty: no token
  absl::Duration timeout = absl::Seconds(30);  // of each call
  bool has_timeout = false;  // the command line says --timeout

  bool json = false;  // results are lines of JSON, not text for people

  // The values of the command line, for the commands that take values as
  // arguments, refanged unless the user says otherwise; and how to look up
  // values, for the commands that make lookups.
  std::vector<v1::Indicator> indicators;
  v1::LookupOptions options;

  // The options of single commands.
  AdminOptions admin;
  BenchOptions bench;
  EnrichOptions enrich;
  LookupCommandOptions lookup;
  WatchOptions watch;
};

// Parses the words of a command line, without the name of the program. `server`
// is the address of the daemon when the words name none; if it is empty, too,
// the address is 127.0.0.1:50051. The admin command has a default of its own
// (DeclareAdmin), for which it reads the environment variables VTLOOKUP_ADMIN
// and XDG_RUNTIME_DIR, and VTLOOKUP_SERVER for a notice. No other variable is
// read. If no command is named, the command is `lookup` (lookup.h).
// --help and --version are
// commands that print a text.
//
// Returns nothing when a word is wrong or the command is missing. `error` then
// says why, without secrets; otherwise `error` is empty. Thread-safe.
std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        const std::string& server,
                                        std::string* error);

// The words with which a shell may complete a command line. An option that
// takes a value ends in `=`.
struct Vocabulary {
  struct Command {
    std::string name;  // "admin quota" for one below another
    std::vector<std::string> words;
  };
  std::vector<std::string> words;  // before any command
  std::vector<Command> commands;
};

// Returns the vocabulary of all commands, in the order of the help.
// Thread-safe.
Vocabulary VocabularyOfArguments();

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ARGUMENTS_H_
