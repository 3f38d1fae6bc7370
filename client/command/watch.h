#ifndef VTLOOKUP_CLIENT_COMMAND_WATCH_H_
#define VTLOOKUP_CLIENT_COMMAND_WATCH_H_

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Session;

// The options that only `vtlookup watch` has.
struct WatchOptions {
  bool until_final = false;  // end with the first verdict that is not queued
};

// Declares `vtlookup watch`, with a command below it for each kind of
// indicators. `app` refers to `arguments`, which must outlive it.
void DeclareWatch(CLI::App& app, Arguments& arguments);

// Watches each of `arguments.indicators` on a thread of its own, and prints the
// present verdict and each change. If the daemon cannot be reached, tries again
// after a pause. Any other failure ends the watch of that indicator, and is
// printed as its result. Blocks until all watches have ended, which may never
// happen. Returns kSomeFailed when one of them failed.
int RunWatch(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_WATCH_H_
