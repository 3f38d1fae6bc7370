#ifndef VTLOOKUP_CLIENT_COMMAND_ADMIN_H_
#define VTLOOKUP_CLIENT_COMMAND_ADMIN_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/command/arguments.h"
#include "grpcpp/channel.h"

namespace vtlookup {

// Runs `vtlookup admin`: calls AdminService over `channel` and prints the
// answer to standard output. Sends `token` unless it is empty. `import` reads
// its entries from standard input. Returns the error of the call, or of the
// entries when they cannot be imported. Blocks.
absl::Status Administer(const std::shared_ptr<grpc::Channel>& channel,
                        const std::string& token, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ADMIN_H_
