#ifndef VTLOOKUP_SERVER_SUPERVISOR_H_
#define VTLOOKUP_SERVER_SUPERVISOR_H_

#include <string>

#include "absl/time/time.h"

namespace vtlookup {

// What systemd is told of this process; nothing happens where it was not
// started by systemd, with Type=notify. One thread.
class Supervisor {
 public:
  static void Ready(const std::string& address);
  static void Reloading();
  static void Stopping();

  // How often StillAlive must be called; infinite: nobody watches.
  static absl::Duration WatchdogPeriod();
  static void StillAlive();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_SUPERVISOR_H_
