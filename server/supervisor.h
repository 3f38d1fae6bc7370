#ifndef VTLOOKUP_SERVER_SUPERVISOR_H_
#define VTLOOKUP_SERVER_SUPERVISOR_H_

#include <string>

#include "absl/time/time.h"

namespace vtlookup {

// Reports the state of this process to systemd. Does nothing unless systemd has
// started the process with Type=notify. One thread at a time.
class Supervisor {
 public:
  static void Ready(const std::string& address);
  static void Reloading();
  static void Stopping();

  // How often StillAlive must be called; infinite when there is no watchdog.
  static absl::Duration WatchdogPeriod();
  static void StillAlive();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_SUPERVISOR_H_
