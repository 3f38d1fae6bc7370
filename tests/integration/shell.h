#ifndef VTLOOKUP_TESTS_INTEGRATION_SHELL_H_
#define VTLOOKUP_TESTS_INTEGRATION_SHELL_H_

#include <string>

namespace vtlookup {

// Runs a shell command and drops its output. If the command fails, the test
// fails.
void Shell(const std::string& command);

// Returns the bytes of a file; none if the file cannot be read.
std::string ReadAll(const std::string& path);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_SHELL_H_
