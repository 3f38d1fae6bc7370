#ifndef VTLOOKUP_SERVER_VERDICTS_TTL_POLICY_H_
#define VTLOOKUP_SERVER_VERDICTS_TTL_POLICY_H_

#include <string_view>

#include "absl/time/time.h"
#include "core/indicator.h"
#include "vtlookup/v1/config.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// How long a verdict may be used, from when it was fetched.
struct Lifetime {
  absl::Duration fresh;
  absl::Duration usable;  // at least `fresh`; beyond it, served as stale only
};

// The one place that decides it. Pure. `queued_polls` is how often in a row
// VirusTotal has said "queued" before this verdict. The jitter follows from
// the indicator, so that it is the same at every call.
Lifetime LifetimeOf(const v1::Verdict& verdict, const Indicator& indicator,
                    int queued_polls, const v1::CacheConfig& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_TTL_POLICY_H_
