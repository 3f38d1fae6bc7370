#ifndef VTLOOKUP_CLIENT_COMMAND_WATCH_H_
#define VTLOOKUP_CLIENT_COMMAND_WATCH_H_

#include <functional>

#include "client/command/arguments.h"
#include "vtlookup/client.h"

namespace vtlookup {

// Watches each indicator, on a thread of its own, and runs `print` with what is
// known and with each change; never two at once. A daemon that cannot be
// reached is tried again; any other failure ends that watch. Returns when all
// have ended: false when one failed.
bool Watch(const Client& client, const Arguments& arguments,
           const std::function<void(const v1::Indicator&,
                                    const v1::LookupResult&)>& print);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_WATCH_H_
