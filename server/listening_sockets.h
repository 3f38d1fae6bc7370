#ifndef VTLOOKUP_SERVER_LISTENING_SOCKETS_H_
#define VTLOOKUP_SERVER_LISTENING_SOCKETS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace vtlookup {

// The sockets that listen on one address: one for each meaning of a host name
// (`localhost` is 127.0.0.1 and ::1), all with the same port.
struct ListeningSockets {
  std::vector<int> fds;  // non-blocking; whoever holds this closes them
  std::string address;   // as it was asked for, a port 0 replaced
};

// Binds `address` (`host:port`, `[v6]:port` or `unix:/path`) and listens.
// `owner_only` gives a Unix socket the mode 0600. A Unix socket file that is
// there already is removed: the caller makes sure that nobody serves it.
// FailedPrecondition, fit for an operator, when the address cannot be had.
absl::StatusOr<ListeningSockets> ListenOn(const std::string& address,
                                          bool owner_only);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LISTENING_SOCKETS_H_
