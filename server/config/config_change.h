#ifndef VTLOOKUP_SERVER_CONFIG_CONFIG_CHANGE_H_
#define VTLOOKUP_SERVER_CONFIG_CONFIG_CHANGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// What a daemon is told from outside.
struct Settings {
  v1::Config config;
  std::vector<std::string> api_keys;  // one for each of KeyConfigsOf(config)
};

// Reads the settings again, from where they came; or says every mistake.
using LoadSettings = std::function<absl::StatusOr<Settings>()>;

// What a new configuration changes of an old one, as keys like
// "cache.ttl.missing"; a list is one key.
struct ConfigChange {
  std::vector<std::string> live;     // can be taken over while the daemon runs
  std::vector<std::string> restart;  // cannot
};
ConfigChange ChangeOf(const v1::Config& from, const v1::Config& to);

// Whether both name the same API keys, in the same order: only then those of
// the one may take the place of the other's.
bool SameKeyNames(const v1::VirusTotalConfig& a, const v1::VirusTotalConfig& b);

// The old configuration with what is live from the new one.
v1::Config WithLiveParts(v1::Config from, const v1::Config& to);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_CONFIG_CHANGE_H_
