#ifndef VTLOOKUP_SERVER_CONFIG_CHECK_NAMES_H_
#define VTLOOKUP_SERVER_CONFIG_CHECK_NAMES_H_

#include <string>
#include <string_view>

#include "server/config/yaml.h"

namespace vtlookup {

// Checks of names in a configuration. `at` is the key under which the name
// stands, for the errors that are appended to `errors`. Thread-safe for
// different `errors`.

// Whether a name may stand in a log, a label and a line of the ledger.
bool IsPlainName(const std::string& name);

// Refuses a name that looks like a secret: names are shown in logs, in metrics
// and on the status page.
void CheckNoSecret(const std::string& value, const std::string& at,
                   ConfigErrors* errors);

// Refuses a secret in the place of the name of its file. `instead` is added to
// the error.
void CheckFileName(const std::string& value, const std::string& at,
                   std::string_view instead, ConfigErrors* errors);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_CHECK_NAMES_H_
