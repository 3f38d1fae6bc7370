#ifndef VTLOOKUP_SERVER_OPERATORS_ADMIN_PLAUSIBLE_H_
#define VTLOOKUP_SERVER_OPERATORS_ADMIN_PLAUSIBLE_H_

#include "absl/status/status.h"
#include "core/indicator.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// OK when VirusTotal can have sent this verdict about the indicator; otherwise
// InvalidArgument says what is wrong. This check is needed because imported
// entries are served as VirusTotal's verdicts. Every entry that a daemon
// exports passes. Times are compared with each other, not with the clock.
// Thread-safe.
absl::Status CheckPlausible(const v1::CacheEntry& entry,
                            const Indicator& indicator);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_ADMIN_PLAUSIBLE_H_
