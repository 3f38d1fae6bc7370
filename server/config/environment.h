#ifndef VTLOOKUP_SERVER_CONFIG_ENVIRONMENT_H_
#define VTLOOKUP_SERVER_CONFIG_ENVIRONMENT_H_

#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "server/config/yaml.h"

namespace vtlookup {

// Settings from environment variables, for containers. `cache.path` is
// VTLOOKUPD_CACHE_PATH, and VTLOOKUPD_CACHE_PATH_FILE names a file that holds
// its value; it is an error to set both. A variable that is itself a key is
// taken as that key: VTLOOKUPD_VIRUSTOTAL_KEY_FILE is virustotal.key_file.

// The variables whose names begin with VTLOOKUPD_, and their values.
using ConfigVariables = std::vector<std::pair<std::string, std::string>>;

// Returns those of the process. `environment` is its list of "NAME=VALUE",
// which ends with null. Not to be called while another thread changes the
// environment.
ConfigVariables VariablesIn(const char* const* environment);

// Sets what the variables name. An unknown variable is an error, and so is a
// file that cannot be read. Reads files. Thread-safe for different messages.
void ApplyVariables(const ConfigVariables& variables,
                    google::protobuf::Message* config, ConfigErrors* errors);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_ENVIRONMENT_H_
