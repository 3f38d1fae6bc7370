#ifndef VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_
#define VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_

#include <string>

namespace vtlookup {

struct Vocabulary;

// A script that completes the vocabulary in the shell: "bash" or "zsh".
std::string CompletionScript(const std::string& shell,
                             const Vocabulary& vocabulary);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_COMPLETION_H_
