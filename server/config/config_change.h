#ifndef VTLOOKUP_SERVER_CONFIG_CONFIG_CHANGE_H_
#define VTLOOKUP_SERVER_CONFIG_CONFIG_CHANGE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The configuration of a daemon, with its API keys.
struct Settings {
  v1::Config config;
  std::vector<std::string> api_keys;  // one for each of KeyConfigsOf(config)
  std::string proxy_login = {};       // `user:password`; empty: none
};

// Reads the settings again, from the sources of the first time. An error lists
// every mistake.
using LoadSettings = std::function<absl::StatusOr<Settings>()>;

// The differences between two configurations, as keys like "cache.ttl.missing";
// a list is one key. The functions in this file are thread-safe.
struct ConfigChange {
  std::vector<std::string> live;     // takes effect while the daemon runs
  std::vector<std::string> restart;  // takes effect after a restart
};
ConfigChange ChangeOf(const v1::Config& from, const v1::Config& to);

// Whether both configurations have the same API keys, by name, user and
// premium, in the same order. Only then can the keys of one replace those of
// the other while the daemon runs.
bool SameKeyNames(const v1::VirusTotalConfig& a, const v1::VirusTotalConfig& b);

// Returns `from`, with those parts of `to` that take effect at once.
v1::Config WithLiveParts(v1::Config from, const v1::Config& to);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_CONFIG_CHANGE_H_
