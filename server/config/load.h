#ifndef VTLOOKUP_SERVER_CONFIG_LOAD_H_
#define VTLOOKUP_SERVER_CONFIG_LOAD_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config/environment.h"
#include "server/config/yaml.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// `--cache.path=DIR` is {"cache.path", "DIR"}.
using ConfigFlags = std::vector<std::pair<std::string, std::string>>;

// Returns the defaults, overridden by the file, overridden by the variables,
// overridden by the flags. InvalidArgument lists every error, one to a line:
// those of the file in the order of its lines, then the others. Thread-safe.
absl::StatusOr<v1::Config> LoadConfig(const std::optional<std::string>& file,
                                      const ConfigFlags& flags,
                                      const ConfigVariables& variables = {});

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_LOAD_H_
