#ifndef VTLOOKUP_SERVER_CONFIG_RUNTIME_DIR_H_
#define VTLOOKUP_SERVER_CONFIG_RUNTIME_DIR_H_

#include <string>

#include "server/config/api_key.h"

namespace vtlookup {

// An address with `<runtime dir>` replaced by the folder where a daemon's
// sockets belong: $RUNTIME_DIRECTORY, which systemd sets; else vtlookupd in
// $XDG_RUNTIME_DIR; else /run/vtlookupd. The latter two are made, for the owner
// only, when they are missing and may be.
std::string WithRuntimeDir(std::string address, const Environment& environment);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_RUNTIME_DIR_H_
