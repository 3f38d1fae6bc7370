#ifndef VTLOOKUP_TESTS_INTEGRATION_SHELL_H_
#define VTLOOKUP_TESTS_INTEGRATION_SHELL_H_

#include <string>

namespace vtlookup {

// Runs a command of the shell and drops its output. A command that fails is a
// failure of the test.
void Shell(const std::string& command);

// The bytes of a file; none if it cannot be read.
std::string ReadAll(const std::string& path);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_SHELL_H_
