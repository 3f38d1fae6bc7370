#ifndef VTLOOKUP_SERVER_CONFIG_API_KEY_H_
#define VTLOOKUP_SERVER_CONFIG_API_KEY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Returns the value of an environment variable; empty when it is not set. The
// functions in this file read files, and are thread-safe if this one is.
using Environment = std::function<std::string(const char* name)>;

// Returns VirusTotal's API key, from the first of these that is set:
// `virustotal.key`, `virustotal.key_file`, VT_API_KEY, the file that
// VT_API_KEY_FILE names, `$CREDENTIALS_DIRECTORY/vt_api_key`,
// `virustotal.dnifconfig_file`.
// FailedPrecondition when there is no key or the text cannot be one; the
// message names the source, never the key.
absl::StatusOr<std::string> FindApiKey(const v1::VirusTotalConfig& config,
                                       const Environment& environment);

// Returns where FindApiKey takes the key from, for people: "VT_API_KEY", or
// "virustotal.key_file, /etc/vtlookup/vt_api_key". Empty when there is no key.
std::string SourceOfApiKey(const v1::VirusTotalConfig& config,
                           const Environment& environment);

// Returns the keys of `virustotal.keys`, in their order. If there are none, the
// only key is that of FindApiKey. Errors are those of FindApiKey.
absl::StatusOr<std::vector<std::string>> FindApiKeys(
    const v1::VirusTotalConfig& config, const Environment& environment);

// Returns `user:password` for the proxy, from `virustotal.proxy_login_file`;
// empty when no file is named. FailedPrecondition when the file cannot be read
// or its first line has another form; the message names the file only.
absl::StatusOr<std::string> FindProxyLogin(const v1::VirusTotalConfig& config);

// Returns `virustotal.keys`. If there are none, the only key is named "default"
// and has the settings of `virustotal` itself.
std::vector<v1::KeyConfig> KeyConfigsOf(const v1::VirusTotalConfig& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_API_KEY_H_
