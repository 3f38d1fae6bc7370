#ifndef VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_
#define VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_

#include <string>

namespace vtlookup {

struct Vocabulary;

// Returns a script that makes the shell complete the words of `vocabulary`.
// `shell` is "bash" or "zsh".
std::string CompletionScript(const std::string& shell,
                             const Vocabulary& vocabulary);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_
