#ifndef VTLOOKUP_CLIENT_COMMAND_SUBMIT_H_
#define VTLOOKUP_CLIENT_COMMAND_SUBMIT_H_

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// Declares `vtlookup submit`. `app` refers to `arguments`, which must outlive
// it.
void DeclareSubmit(CLI::App& app, Arguments& arguments);

// Submits the URLs in `arguments.indicators` to VirusTotal, one after the
// other, and prints each answer at once. A failure does not end the run.
// Returns the exit status. Blocks.
int RunSubmit(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_SUBMIT_H_
