#ifndef VTLOOKUP_CLIENT_COMMAND_ADMIN_TEXT_H_
#define VTLOOKUP_CLIENT_COMMAND_ADMIN_TEXT_H_

#include <string>

#include "absl/time/time.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// What `vtlookup admin` prints for people: the same facts as with --json, in
// the order in which an operator asks for them. Each text has a line break at
// its end. `now` is the time of the machine, for how long something lasts. Pure
// functions; thread-safe.

// Returns "1,234,567".
std::string Grouped(uint64_t number);
// Returns a duration in its two greatest units: "3 d 4 h", "5 min 12 s".
std::string LongOf(absl::Duration duration);
// Returns a size such as "181.3 MiB".
std::string SizeOf(uint64_t bytes);

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
