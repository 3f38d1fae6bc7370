#ifndef VTLOOKUP_SERVER_CONFIG_CHECK_H_
#define VTLOOKUP_SERVER_CONFIG_CHECK_H_

#include <string>

#include "server/config/yaml.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Appends `key: what is wrong` for each value, or pair of values, that makes no
// sense. Does not look at files. Thread-safe for different `errors`.
void CheckConfig(const v1::Config& config, ConfigErrors* errors);

// Whether requests to `base_url` stay on this machine.
bool IsLoopbackUrl(const std::string& base_url);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_CHECK_H_
