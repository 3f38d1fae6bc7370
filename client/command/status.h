#ifndef VTLOOKUP_CLIENT_COMMAND_STATUS_H_
#define VTLOOKUP_CLIENT_COMMAND_STATUS_H_

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// Declares `vtlookup status`. `app` refers to `arguments`, which must outlive
// it.
void DeclareStatus(CLI::App& app, Arguments& arguments);

// Asks the daemon's health service whether LookupService serves, and prints the
// answer as a line of text or of JSON. Blocks for the timeout at most. Returns
// kAllAnswered when the daemon serves, otherwise kSomeFailed, also when the
// daemon cannot be reached.
int RunStatus(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_STATUS_H_
