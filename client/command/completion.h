#ifndef VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_
#define VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace vtlookup {

struct Arguments;
struct Vocabulary;

// Declares `vtlookup completion`. Parsing puts the script into
// `arguments.text`, and the command that runs is PrintText. `app` refers to
// `arguments`, which must outlive it.
void DeclareCompletion(CLI::App& app, Arguments& arguments);

// Returns the names of the shells for which there is a script. Thread-safe.
std::vector<std::string> ShellNames();

// Returns a script that makes the shell complete the words of `vocabulary`.
// `shell` is one of ShellNames(). Thread-safe.
std::string CompletionScript(const std::string& shell,
                             const Vocabulary& vocabulary);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_
