#ifndef VTLOOKUP_CLIENT_COMMAND_LOOKUP_H_
#define VTLOOKUP_CLIENT_COMMAND_LOOKUP_H_

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// Declares a command for each kind of indicators: `vtlookup url`, `domain`,
// `ip`, `file` and `scan`. `app` refers to `arguments`, which must outlive it.
void DeclareLookups(CLI::App& app, Arguments& arguments);

// Looks up `arguments.indicators` and prints the results in the same order.
// Each call has as many indicators as the daemon accepts by default. If a call
// fails, its failure is the result of each of its indicators, and the next call
// is made nevertheless. Returns the exit status. Blocks.
int RunLookup(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_LOOKUP_H_
