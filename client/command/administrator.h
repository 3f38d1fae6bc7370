#ifndef VTLOOKUP_CLIENT_COMMAND_ADMINISTRATOR_H_
#define VTLOOKUP_CLIENT_COMMAND_ADMINISTRATOR_H_

#include "absl/status/status.h"

namespace vtlookup {

struct Arguments;
struct Session;

// Makes the calls of AdminService that `arguments.admin` asks for, and prints
// the answers to standard output, as JSON or as text for people. An import
// reads its entries from standard input. Blocks: each call takes at most the
// timeout, except an export and an import, which take as long as they need.
//
// Returns the error of the call. Returns InvalidArgument when an entry cannot
// be imported, and DataLoss when standard output cannot be written.
absl::Status Administer(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ADMINISTRATOR_H_
