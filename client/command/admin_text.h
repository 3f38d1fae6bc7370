#ifndef VTLOOKUP_CLIENT_COMMAND_ADMIN_TEXT_H_
#define VTLOOKUP_CLIENT_COMMAND_ADMIN_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// What `vtlookup admin` prints for people, in the order in which an operator
// asks; --json has every fact. Each text has a line break at its end. `now` is
// the current time; it serves to print ages and remaining times. Pure
// functions; thread-safe.
std::string TextOf(const v1::GetStatusResponse& status, absl::Time now);
std::string TextOf(const v1::GetQuotaResponse& quota, absl::Time now);
std::string TextOf(const v1::ResumeKeyResponse& resumed, absl::Time now);
std::string TextOf(const v1::ReloadConfigResponse& reloaded, absl::Time now);
std::string TextOf(const v1::InvalidateEntriesResponse& done, absl::Time now);
std::string TextOf(const v1::RefreshEntriesResponse& done, absl::Time now);
std::string TextOf(const v1::ImportEntriesResponse& done, absl::Time now);
std::string TextOf(const v1::SetLogLevelResponse& done, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ADMIN_TEXT_H_
