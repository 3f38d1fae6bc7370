#ifndef VTLOOKUP_CORE_ADDRESS_H_
#define VTLOOKUP_CORE_ADDRESS_H_

#include <optional>
#include <string>

namespace vtlookup {

// Where a server listens, as the configuration writes it: `host:port` or
// `[v6]:port`.
struct HostPort {
  std::string host;  // without the brackets
  int port = 0;      // from 0 up to 65535
};

// Nothing when it is written otherwise.
std::optional<HostPort> SplitAddress(const std::string& address);

// `unix:/path`.
bool IsUnixAddress(const std::string& address);

// `localhost`, or an address of loopback; without port and brackets.
bool IsLoopbackHost(const std::string& host);

// Within the reach of this machine only: a Unix socket, or loopback.
bool IsLocalAddress(const std::string& address);

// The same with another port; `unix:` addresses as they are.
std::string WithPort(const std::string& address, int port);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_ADDRESS_H_
