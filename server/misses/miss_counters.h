#ifndef VTLOOKUP_SERVER_MISSES_MISS_COUNTERS_H_
#define VTLOOKUP_SERVER_MISSES_MISS_COUNTERS_H_

#include "core/counter.h"

namespace vtlookup {

// Counts what happened to misses since the start of the daemon. The loop
// writes; any thread may read.
struct MissCounters {
  // Fetches begun, retries included; each makes any number of requests.
  Counter fetches;
  Counter coalesced;     // waiters that joined a flight that had begun already
  Counter stale_served;  // waiters that were answered with an expired entry
  Counter refused;       // waiters, flights, polls and watchers over a limit
  Counter out_of_turn;   // waiters refused because their turn comes too late
  Counter failed;        // flights that ended because their request failed
  Counter retries;       // requests made again after a failure
  Counter polls;         // flights that began to poll a queued item
  Counter refreshed;     // flights that began ahead of an entry's expiry
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_MISS_COUNTERS_H_
