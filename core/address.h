#ifndef VTLOOKUP_CORE_ADDRESS_H_
#define VTLOOKUP_CORE_ADDRESS_H_

#include <optional>
#include <string>

namespace vtlookup {

// An address on which a server listens. The configuration writes it as
// `host:port` or `[v6]:port`. The functions in this file are thread-safe.
struct HostPort {
  std::string host;  // without the brackets
  int port = 0;      // from 0 up to 65535
};

// Splits `address` into host and port. Returns nullopt when `address` has
// neither of the two forms above.
std::optional<HostPort> SplitAddress(const std::string& address);

// Whether `address` has the form `unix:/path`.
bool IsUnixAddress(const std::string& address);

// Whether `host` is `localhost` or a loopback address. `host` must have neither
// a port nor brackets.
bool IsLoopbackHost(const std::string& host);

// Whether only this machine can connect to `address`, because `address` is a
// Unix socket or has a loopback host. False for an address that cannot be
// split.
bool IsLocalAddress(const std::string& address);

// Returns `address` with its port replaced by `port`. A `unix:` address is
// returned unchanged. Other addresses must have a port.
std::string WithPort(const std::string& address, int port);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_ADDRESS_H_
