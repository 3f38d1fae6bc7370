#ifndef VTLOOKUP_SERVER_CONFIG_CHECK_ACCESS_H_
#define VTLOOKUP_SERVER_CONFIG_CHECK_ACCESS_H_

#include "server/config/yaml.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The part of CheckConfig about who can reach the daemon and who may call it:
// addresses, TLS, clients, and the limits of connections. Thread-safe for
// different `errors`.
void CheckAccess(const v1::Config& config, ConfigErrors* errors);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_CHECK_ACCESS_H_
