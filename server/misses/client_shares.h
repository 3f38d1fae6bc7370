#ifndef VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_
#define VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "core/clock.h"
#include "virustotal/keys/calendar_window.h"

namespace vtlookup {

// Counts, from 00:00 UTC on, the requests to VirusTotal that each client with a
// daily limit has caused. The clients are those of the configuration, so the
// table stays small. Loop only.
class ClientShares {
 public:
  // Reserves one request until Release, whatever the day. ResourceExhausted,
  // CLIENT_SHARE_USED_UP, when the client has caused or reserved `per_day`
  // requests already; then nothing is reserved.
  absl::Status Reserve(const std::string& client, uint32_t per_day,
                       const Moment& now);

  // Counts `requests` that were made, also beyond the client's limit.
  void Add(const std::string& client, uint32_t requests, const Moment& now);

  // Gives back one request that was reserved.
  void Release(const std::string& client);

 private:
  CalendarWindow day_{WindowKind::kDay};
  absl::flat_hash_map<std::string, uint32_t> used_;  // in this day
  absl::flat_hash_map<std::string, uint32_t> reserved_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_
