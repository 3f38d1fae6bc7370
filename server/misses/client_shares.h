#ifndef VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_
#define VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "core/clock.h"
#include "virustotal/keys/calendar_window.h"

namespace vtlookup {

// How many of the day's requests to VirusTotal each client has caused, of those
// clients that have a limit; from 00:00 UTC on. Clients are those of the
// configuration, so few. Loop only.
class ClientShares {
 public:
  // Counts one request; ResourceExhausted when the client's share is used up.
  absl::Status Take(const std::string& client, uint32_t per_day,
                    const Moment& now);

  // Takes back one request that was counted and not made.
  void GiveBack(const std::string& client);

 private:
  CalendarWindow day_{WindowKind::kDay};
  absl::flat_hash_map<std::string, uint32_t> used_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_CLIENT_SHARES_H_
