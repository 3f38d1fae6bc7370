#ifndef VTLOOKUP_CLIENT_COMMAND_ADMIN_H_
#define VTLOOKUP_CLIENT_COMMAND_ADMIN_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/command/arguments.h"
#include "grpcpp/channel.h"

namespace vtlookup {

// `vtlookup admin`: calls AdminService over `channel`, with the token if there
// is one, and prints what it says; entries to import are read from standard
// input. The failure is the daemon's, or of what was to be imported.
absl::Status Administer(const std::shared_ptr<grpc::Channel>& channel,
                        const std::string& token, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ADMIN_H_
