#ifndef VTLOOKUP_VIRUSTOTAL_QUOTA_H_
#define VTLOOKUP_VIRUSTOTAL_QUOTA_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "virustotal/lane.h"

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
    // Of day and month, kept for Lane::kInteractive.
    uint32_t reserve_percent = 0;
    friend bool operator==(const Limits&, const Limits&) = default;
  };

  enum class Window { kNone, kMinute, kDay, kMonth };

  // When a request may be made; in the future: what stands in the way.
  struct Opening {
    absl::Time at;
    Window window = Window::kNone;
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

  // From now on. What VirusTotal has told is forgotten until it tells again.
  void SetLimits(Limits limits) { limits_ = limits; }

  // When a request of the lane may be made if `ahead` others go first.
  Opening OpeningFor(Lane lane, size_t ahead, absl::Time now);

  // Counts a request, whatever the limits say.
  void Count(absl::Time now);
  // The same, in the window of a minute only.
  void CountInMinute(absl::Time at);

  // Gives back a request that VirusTotal cannot have seen. `counted_at` is the
  // `now` of its Count.
  void Refund(absl::Time counted_at);

  // At least so much was used of the day and the month that `now` is in.
  void SetUsed(uint32_t day, uint32_t month, absl::Time now);

  // Takes over what VirusTotal allows, and what it has counted where that is
  // more than we have: others may use the key, too.
  void Correct(const Told& told, absl::Time now);

  // VirusTotal says that the window is used up, and is right: nothing until
  // then.
  void PauseUntil(absl::Time when, Window window);

  // How much is used, and the end of the pause, as of `now`.
  struct Usage {
    uint32_t minute = 0;
    uint32_t day = 0;
    uint32_t month = 0;
    absl::Time paused_until = absl::InfinitePast();
    Window paused_by = Window::kNone;
  };
  Usage UsageAt(absl::Time now);
  const Limits& limits() const { return limits_; }
  // Oldest first.
  const std::deque<absl::Time>& last_minute() const { return last_minute_; }

 private:
  // A calendar window and what was used of it.
  struct Calendar {
    absl::CivilSecond start;
    uint32_t used = 0;
  };

  void Turn(absl::Time now);
  uint32_t ShareOf(Lane lane, uint32_t limit) const;
  absl::Time MinuteSlot(uint32_t limit, size_t ahead, absl::Time now) const;

  Limits limits_;
  std::deque<absl::Time> last_minute_;  // oldest first
  Calendar day_;
  Calendar month_;
  absl::Time paused_until_ = absl::InfinitePast();
  Window paused_by_ = Window::kNone;
};

// The start of the next day and month in UTC, when VirusTotal's quotas turn.
absl::Time NextUtcDay(absl::Time now);
absl::Time NextUtcMonth(absl::Time now);

// The failure of a request that waits for `opening`.
absl::Status QuotaFailureOf(const Quota::Opening& opening, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_QUOTA_H_
