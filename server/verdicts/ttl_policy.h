#ifndef VTLOOKUP_SERVER_VERDICTS_TTL_POLICY_H_
#define VTLOOKUP_SERVER_VERDICTS_TTL_POLICY_H_

#include <string_view>

#include "absl/time/time.h"
#include "core/indicator.h"
#include "vtlookup/v1/config.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// How long a verdict may be used, counted from its fetch.
struct Lifetime {
  absl::Duration fresh;
  absl::Duration usable;  // at least `fresh`; after `fresh`, only as stale
};

// Returns the lifetime of a verdict; no other code decides it. `queued_polls`
// is how many times in a row VirusTotal has said "queued" before this verdict.
// The jitter follows from the indicator, so it is the same in every call.
// Thread-safe.
Lifetime LifetimeOf(const v1::Verdict& verdict, const Indicator& indicator,
                    int queued_polls, const v1::CacheConfig& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_TTL_POLICY_H_
