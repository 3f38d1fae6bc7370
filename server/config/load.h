#ifndef VTLOOKUP_SERVER_CONFIG_LOAD_H_
#define VTLOOKUP_SERVER_CONFIG_LOAD_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config/yaml.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// `--cache.path=DIR` as {"cache.path", "DIR"}.
using ConfigFlags = std::vector<std::pair<std::string, std::string>>;

// The defaults, over them the file, over that the flags. InvalidArgument has
// every error, one to a line.
absl::StatusOr<v1::Config> LoadConfig(const std::optional<std::string>& file,
                                      const ConfigFlags& flags);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_LOAD_H_
