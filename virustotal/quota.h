#ifndef VTLOOKUP_VIRUSTOTAL_QUOTA_H_
#define VTLOOKUP_VIRUSTOTAL_QUOTA_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// Counts the requests made with a key against VirusTotal's limits: never more
// than `per_minute` in any 60 seconds, and day and month as VirusTotal counts
// them, from 00:00 UTC. Pure arithmetic over the `now` it is given. Loop only.
class Quota {
 public:
  struct Limits {  // in requests; 0: no limit
    uint32_t per_minute = 0;
    uint32_t per_day = 0;
    uint32_t per_month = 0;
  };

  // What VirusTotal itself says of a window.
  struct Told {
    struct Window {
      uint32_t allowed = 0;
      uint32_t used = 0;
      uint32_t left() const { return allowed > used ? allowed - used : 0; }
    };
    std::optional<Window> day = std::nullopt;
    std::optional<Window> month = std::nullopt;
  };

  explicit Quota(Limits limits) : limits_(limits) {}

  // Counts one request, or says, as QuotaUsedUp does, which limit stands in
  // the way and when there is room again; nothing is counted then.
  absl::Status Take(absl::Time now);

  // Gives back a request that VirusTotal cannot have seen. `taken_at` is the
  // `now` of its Take.
  void Refund(absl::Time taken_at);

  // Takes over what VirusTotal allows, and what it has counted where that is
  // more than we have: others may use the key, too.
  void Correct(const Told& told, absl::Time now);

  // VirusTotal says that a quota is used up, and is right: nothing until then.
  void PauseUntil(absl::Time when);

 private:
  // A calendar window and what was used of it.
  struct Window {
    absl::CivilSecond start;
    uint32_t used = 0;
  };

  void Turn(absl::Time now);

  Limits limits_;
  std::deque<absl::Time> last_minute_;  // oldest first; at most per_minute
  Window day_;
  Window month_;
  absl::Time paused_until_ = absl::InfinitePast();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_QUOTA_H_
