#ifndef VTLOOKUP_SERVER_CONFIG_API_KEY_H_
#define VTLOOKUP_SERVER_CONFIG_API_KEY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Reads an environment variable; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

// VirusTotal's API key, from the first of these that is set: `virustotal.key`,
// `virustotal.key_file`, VT_API_KEY, `$CREDENTIALS_DIRECTORY/vt_api_key`,
// `virustotal.dnifconfig_file`. FailedPrecondition when there is none, or it
// cannot be one; the message names the source, never the key.
absl::StatusOr<std::string> FindApiKey(const v1::VirusTotalConfig& config,
                                       const Environment& environment);

// The keys of `virustotal.keys`, in their order; without these the one above.
absl::StatusOr<std::vector<std::string>> FindApiKeys(
    const v1::VirusTotalConfig& config, const Environment& environment);

// `virustotal.keys`; without these the one key that the settings beside them
// describe, named "default".
std::vector<v1::KeyConfig> KeyConfigsOf(const v1::VirusTotalConfig& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_API_KEY_H_
