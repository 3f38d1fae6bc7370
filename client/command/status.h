#ifndef VTLOOKUP_CLIENT_COMMAND_STATUS_H_
#define VTLOOKUP_CLIENT_COMMAND_STATUS_H_

#include <memory>
#include <string>

#include "client/command/arguments.h"
#include "grpcpp/channel.h"

namespace vtlookup {

struct DaemonStatus {
  bool serving = false;
  std::string text;  // a line, or JSON
};

// Asks the daemon whether it serves, within the timeout.
DaemonStatus AskStatus(const std::shared_ptr<grpc::Channel>& channel,
                       const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_STATUS_H_
