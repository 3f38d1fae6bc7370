#ifndef VTLOOKUP_CLIENT_CONNECTION_H_
#define VTLOOKUP_CLIENT_CONNECTION_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"

namespace vtlookup {

// A channel to a daemon at `host:port` or `unix:/path`, as clients want it:
// answers of any size, and calls that fail with UNAVAILABLE made again, at most
// twice, unless the daemon says that it makes no sense. Costly to make, so make
// one and share it; thread-safe. It connects with its first call.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_CONNECTION_H_
