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
  // Counts one request. ResourceExhausted, CLIENT_SHARE_USED_UP, when the
  // client has caused `per_day` requests already; then nothing is counted.
  absl::Status Take(const std::string& client, uint32_t per_day,
                    const Moment& now);

  // Counts `requests` that were made, also beyond the client's limit.
  void Add(const std::string& client, uint32_t requests, const Moment& now);

  // Uncounts one request, which Take has counted.
  void GiveBack(const std::string& client);

 private:
  CalendarWindow day_{WindowKind::kDay};
  absl::flat_hash_map<std::string, uint32_t> used_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_
