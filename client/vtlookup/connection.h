#ifndef VTLOOKUP_VTLOOKUP_CONNECTION_H_
#define VTLOOKUP_VTLOOKUP_CONNECTION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"

namespace vtlookup {

// How a client connects to a daemon.
struct ConnectionOptions {
  // Encrypted, and the daemon must prove who it is.
  bool tls = false;
  // PEM files. Whom to trust; empty: whom the machine trusts.
  std::string ca_file = {};
  // Who we are, for a daemon that asks for it: both or none.
  std::string certificate_file = {};
  std::string key_file = {};
  // The name in the daemon's certificate, where it is not that of the address.
  std::string server_name = {};
  // A connection on which calls wait is tried this often, so that a daemon
  // that has vanished is noticed. At least 10 s.
  absl::Duration keepalive = absl::Seconds(30);
};

// A connection to the daemon at `host:port`, `[v6]:port` or `unix:/path`, made
// when it is first used and again whenever it breaks. InvalidArgument for
// options that make no sense, or a file that cannot be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const std::string& address, const ConnectionOptions& options);

// The same, not encrypted.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_CONNECTION_H_
