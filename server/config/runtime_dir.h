#ifndef VTLOOKUP_SERVER_CONFIG_RUNTIME_DIR_H_
#define VTLOOKUP_SERVER_CONFIG_RUNTIME_DIR_H_

#include <string>

#include "server/config/api_key.h"

namespace vtlookup {

// Returns `address` with `<runtime dir>` replaced by the folder for the
// daemon's sockets: $RUNTIME_DIRECTORY, which systemd sets; otherwise vtlookupd
// in $XDG_RUNTIME_DIR; otherwise /run/vtlookupd. Thread-safe if `environment`
// is.
std::string WithRuntimeDir(std::string address, const Environment& environment);

// Creates the folder for the daemon's sockets, for the owner only, if `address`
// is a socket in it and systemd has not made it. Ignores a failure, which shows
// when the socket is made. Thread-safe if `environment` is.
void MakeRuntimeDirFor(const std::string& address,
                       const Environment& environment);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_RUNTIME_DIR_H_
