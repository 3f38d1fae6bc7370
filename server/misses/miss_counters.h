#ifndef VTLOOKUP_SERVER_MISSES_MISS_COUNTERS_H_
#define VTLOOKUP_SERVER_MISSES_MISS_COUNTERS_H_

#include "core/counter.h"

namespace vtlookup {

// What happened to misses since the start of the daemon. Written by the loop;
// any thread may read.
struct MissCounters {
  Counter fetches;       // requests to VirusTotal
  Counter coalesced;     // waiters that joined a flight of another waiter
  Counter stale_served;  // waiters that were answered with an expired entry
  Counter refused;       // waiters, polls and watchers over a limit
  Counter out_of_turn;   // waiters refused because their turn comes too late
  Counter failed;        // flights that ended without a verdict
  Counter retries;       // requests made again after a failure
  Counter polls;         // requests about queued items
  Counter refreshed;     // flights that began ahead of an entry's expiry
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_MISS_COUNTERS_H_
