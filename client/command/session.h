#ifndef VTLOOKUP_CLIENT_COMMAND_SESSION_H_
#define VTLOOKUP_CLIENT_COMMAND_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "vtlookup/client.h"

namespace vtlookup {

struct Arguments;

// The connection with which a command runs. A value: copies share the channel.
// Thread-safe, because the channel and the client are.
struct Session {
  std::shared_ptr<grpc::Channel> channel;
  std::string token;  // sent with each call; empty: none
  Client client;      // uses the channel and the token
};

// Reads the token file, if the arguments name one, and makes a channel to the
// server. Does not wait for the connection: a daemon that cannot be reached is
// an error of the first call.
//
// InvalidArgument when the token file cannot be read or is empty, when the
// token would leave the machine without TLS, or when the address or the
// certificates cannot be used.
absl::StatusOr<Session> OpenSession(const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_SESSION_H_
