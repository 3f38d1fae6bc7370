#ifndef VTLOOKUP_SERVER_TRANSPORT_LISTENING_SOCKETS_H_
#define VTLOOKUP_SERVER_TRANSPORT_LISTENING_SOCKETS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace vtlookup {

// The sockets that listen on one address: one for each IP address of a host
// name (`localhost` is 127.0.0.1 and ::1), all with the same port.
struct ListeningSockets {
  std::vector<int> fds;  // non-blocking; the caller closes them
  std::string address;   // as given, with the real port in place of 0
};

// Binds `address` (`host:port`, `[v6]:port` or `unix:/path`) and listens.
// Removes a Unix socket file that exists, so the caller must make sure that no
// process serves it. `owner_only` gives a new socket file the mode 0600, by
// changing the umask of the process for a moment. FailedPrecondition, with the
// address and the reason for an operator, when that fails.
absl::StatusOr<ListeningSockets> ListenOn(const std::string& address,
                                          bool owner_only);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_LISTENING_SOCKETS_H_
