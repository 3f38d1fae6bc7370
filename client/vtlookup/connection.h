#ifndef VTLOOKUP_VTLOOKUP_CONNECTION_H_
#define VTLOOKUP_VTLOOKUP_CONNECTION_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"

namespace vtlookup {

// How a client connects to a daemon.
struct ConnectionOptions {
  // Use TLS, and verify the daemon's certificate.
  bool tls = false;
  // PEM file with the certificates to trust; empty: the machine's.
  std::string ca_file = {};
  // PEM files with the client's certificate and key, for a daemon that asks for
  // one: both or none.
  std::string certificate_file = {};
  std::string key_file = {};
  // The name in the daemon's certificate, if it differs from the address.
  std::string server_name = {};
  // A connection with open calls is tested this often, so that a lost daemon is
  // noticed. At least 10 s.
  absl::Duration keepalive = absl::Seconds(30);
  // Connect through the HTTP proxy that the environment names (`grpc_proxy`,
  // `https_proxy`, `http_proxy`; `no_proxy` has the exceptions). The default is
  // to connect without a proxy, because such a proxy is usually for the
  // Internet only, and would see the token if TLS is off.
  bool use_proxy = false;
};

// Returns a channel to the daemon at `host:port`, `[v6]:port` or `unix:/path`.
// It has a connection of its own, opens it when it is first used, and again
// whenever it breaks.
// InvalidArgument for options that make no sense, or a file that cannot be
// read. Thread-safe.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const std::string& address, const ConnectionOptions& options);

// Returns `count` such channels, at least one, for a Client with more calls at
// once than one connection carries. Fails as Connect does. Thread-safe.
absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> ConnectSeveral(
    const std::string& address, const ConnectionOptions& options,
    size_t count = 8);

// Returns a channel without TLS, with the default options.
std::shared_ptr<grpc::Channel> Connect(const std::string& address);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_CONNECTION_H_
