#ifndef VTLOOKUP_VIRUSTOTAL_V3_OVERALL_QUOTAS_H_
#define VTLOOKUP_VIRUSTOTAL_V3_OVERALL_QUOTAS_H_

#include <string>

#include "absl/status/statusor.h"
#include "virustotal/keys/quota.h"

namespace vtlookup {

// Reads the answer of `/users/{id}/overall_quotas`. Of a user's own quota and
// that of its group the one with less left counts. BadAnswer when the answer
// holds the quota of no calendar window. A pure function, for any thread.
absl::StatusOr<Quota::Told> ReadOverallQuotas(std::string body);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_OVERALL_QUOTAS_H_
