#ifndef VTLOOKUP_SERVER_VERDICTS_ACCEPTANCE_H_
#define VTLOOKUP_SERVER_VERDICTS_ACCEPTANCE_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "cache/entry.h"
#include "core/indicator.h"
#include "server/verdicts/stored_verdict.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

// What a caller is content with.
struct Want {
  enum class Mode : uint8_t {
    kNormal,     // a fresh cached answer, else VirusTotal
    kCacheOnly,  // never VirusTotal
    kRefresh,    // VirusTotal, whatever is cached
  };
  Mode mode = Mode::kNormal;
  bool submit_missing = false;  // have VirusTotal scan a URL it does not know
  Lane lane = Lane::kInteractive;
  // Requests to VirusTotal that the client may cause in a day; 0: no limit.
  uint32_t requests_per_day = 0;
  absl::Duration max_age = absl::InfiniteDuration();
  // Hold a queued verdict back this long, for a final one.
  absl::Duration wait_for_final = absl::ZeroDuration();
  absl::Time deadline = absl::InfiniteFuture();  // when the caller gives up
  std::string client = {};  // who it is, for fairness between clients
  std::string trace = {};   // W3C traceparent, for the audit log
};

// All are false for an entry whose value is not a StoredVerdict.

// Whether a cached entry answers the caller without asking VirusTotal.
bool Accepts(const Want& want, const Indicator& indicator, const Entry& entry,
             absl::Time now);
// The same, where the head of its value has been read.
bool Accepts(const Want& want, Kind kind, const Entry& entry,
             const StoredVerdict& head, absl::Time now);

// Whether it may stand in when VirusTotal cannot be asked, or must not be.
bool AcceptsInstead(const Want& want, const Entry& entry, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_ACCEPTANCE_H_
