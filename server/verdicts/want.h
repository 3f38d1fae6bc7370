#ifndef VTLOOKUP_SERVER_VERDICTS_WANT_H_
#define VTLOOKUP_SERVER_VERDICTS_WANT_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

// What a lookup wants: which cached verdicts will do, and what may be asked of
// VirusTotal. Made of the options of a request (WantOf in
// server/lookup/lookup_options.h).
struct Want {
  enum class Mode : uint8_t {
    kNormal,     // a fresh cached answer, else VirusTotal
    kCacheOnly,  // never VirusTotal
    kRefresh,    // VirusTotal, whatever is cached
  };
  Mode mode = Mode::kNormal;
  bool submit_missing = false;  // have VirusTotal scan a URL it does not know
  Lane lane = Lane::kInteractive;
  absl::Duration max_age = absl::InfiniteDuration();
  // How long a queued verdict is held back, in the hope of a final one.
  absl::Duration wait_for_final = absl::ZeroDuration();
  // How long to wait for a turn at VirusTotal, from when the request came. The
  // deadline of the call counts, too (Requester).
  absl::Duration timeout = absl::InfiniteDuration();
  bool raw = false;  // also the report as VirusTotal sent it (Answer::raw)
};

// The client that waits for a lookup. Only a lookup that is not answered at
// once needs it.
struct Requester {
  std::string client = {};  // its name, for fairness between clients
  // Requests to VirusTotal that the client may cause in a day; 0: no limit.
  uint32_t requests_per_day = 0;
  absl::Time deadline = absl::InfiniteFuture();  // when the call ends
  // The lookup is refused at this time if its turn has not come
  // (Want::timeout); the call goes on.
  absl::Time give_up_at = absl::InfiniteFuture();
  // The latest time at which the turn may come.
  absl::Time end() const { return std::min(deadline, give_up_at); }
  std::string trace = {};  // W3C traceparent of its call, for the audit log
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_WANT_H_
