#include "server/supervisor.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace vtlookup {

void Supervisor::Ready(const std::string& address) {
  sd_notify(0, absl::StrCat("READY=1\nSTATUS=serving on ", address).c_str());
}

void Supervisor::Reloading() { sd_notify(0, "RELOADING=1"); }

void Supervisor::Stopping() {
  sd_notify(0,
            "STOPPING=1\nSTATUS=stopping; waiting for the lookups under way");
}

absl::Duration Supervisor::WatchdogPeriod() {
  uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) {
    return absl::InfiniteDuration();
  }
  // A third of systemd's limit, so that a late call is still in time.
  return absl::Microseconds(microseconds) / 3;
}

void Supervisor::StillAlive() { sd_notify(0, "WATCHDOG=1"); }

}  // namespace vtlookup
