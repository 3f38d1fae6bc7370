#ifndef VTLOOKUP_VIRUSTOTAL_QUOTA_H_
#define VTLOOKUP_VIRUSTOTAL_QUOTA_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "virustotal/calendar_window.h"
#include "virustotal/lane.h"

namespace vtlookup {

// Counts the requests made with a key against VirusTotal's limits: never more
// than `per_minute` in any 60 seconds, and day and month as VirusTotal counts
// them, from 00:00 UTC. Pure arithmetic over the `now` it is given. Loop only.
//
// VirusTotal sees a request at some moment between its sending and its answer.
// So a request occupies the minute from when it is counted until 60 seconds
// after it has ended, and then no 60 seconds of VirusTotal's hold more than the
// limit, however long requests travel. Minutes and pauses are measured in
// uptime, which nobody can set; for day and month see CalendarWindow.
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

  // The longest time from the counting of a request to its end, as far as we
  // can tell after a restart: HttpOptions::timeout.
  static constexpr absl::Duration kLongestTravel = absl::Seconds(20);
  // The longest pause that does not concern the day.
  static constexpr absl::Duration kLongestPause = absl::Hours(1);

  explicit Quota(Limits limits) : limits_(limits) {}

  // From now on. What VirusTotal has told is forgotten until it tells again.
  void SetLimits(Limits limits) { limits_ = limits; }

  // When a request of the lane may be made if `ahead` others go first. Requests
  // that are under way are taken to end now.
  Opening OpeningFor(Lane lane, size_t ahead, const Moment& now);

  // Counts a request, whatever the limits say. It is under way until Ended or
  // Refund.
  void Count(const Moment& now);

  // The request that was counted at the uptime `counted_at` has ended, with an
  // answer or without.
  void Ended(absl::Duration counted_at, absl::Duration now);

  // Gives back a request under way that VirusTotal cannot have seen.
  void Refund(absl::Duration counted_at);

  // Takes over what VirusTotal allows, and what it has counted where that is
  // more than we have: others may use the key, too. Instead of what was
  // assumed, what VirusTotal has counted stands, also when it is less.
  void Correct(const Told& told, const Moment& now);

  // VirusTotal says that the window is used up, and is right: nothing until
  // then. At most until the next midnight, for the day, and for kLongestPause
  // else; what lies beyond that is a mistake of a clock, and becomes the next
  // midnight, and a minute.
  void PauseUntil(absl::Duration uptime, Window window, const Moment& now);

  // What a process before has counted, in any order, before the first request.
  // So much was used of the day and the month that `then` is in, at least.
  void SetUsed(uint32_t day, uint32_t month, const Moment& then);
  // A request that has ended, in the window of a minute only.
  void CountInMinute(absl::Duration ended_at);
  // So much of what is used is assumed only.
  void SetAssumed(uint32_t day, uint32_t month);
  // A window of this boot of the machine, and what was used of it.
  void RestoreDay(absl::Duration end, uint32_t used);
  void RestoreMonth(absl::Duration end, uint32_t used);
  // Requests that were under way have ended, nobody knows when.
  void EndAll(absl::Duration now);

  // Nobody knows what was used, so day and month count as used up but for the
  // interactive reserve, or a twentieth where that is larger; until they turn,
  // or VirusTotal tells.
  void AssumeUsed(const Moment& now);
  // Nobody knows what these requests were.
  void AddUsed(uint32_t count, const Moment& now);

  // How much is used, when the windows turn, and the end of the pause, as of
  // `now`. What is under way is part of the minute.
  struct Usage {
    uint32_t minute = 0;
    uint32_t day = 0;
    uint32_t month = 0;
    absl::Time day_turns = {};
    absl::Time month_turns = {};
    absl::Time paused_until = absl::InfinitePast();
    Window paused_by = Window::kNone;
  };
  Usage UsageAt(const Moment& now);
  const Limits& limits() const { return limits_; }

  // In uptime. What is needed to go on in another process.
  struct Parts {
    // When they ended, or at the latest will end; oldest first.
    std::deque<absl::Duration> minute;
    absl::Duration day_end;
    absl::Duration month_end;
    uint32_t day_assumed = 0;
    uint32_t month_assumed = 0;
    absl::Duration paused_until;
    Window paused_by = Window::kNone;
  };
  Parts parts() const;
  // Changes whenever a window begins.
  absl::Duration day_end() const { return day_.window.end(); }
  absl::Duration month_end() const { return month_.window.end(); }

 private:
  // A calendar window and what was used of it.
  struct Calendar {
    CalendarWindow window;
    uint32_t used = 0;
    uint32_t assumed = 0;  // part of `used`
  };

  static void Turn(Calendar& calendar, const Moment& now);
  static void Correct(const Told::Window& told, Calendar& calendar);
  void Turn(const Moment& now);
  uint32_t ShareOf(Lane lane, uint32_t limit) const;
  uint32_t AssumedOf(uint32_t limit) const;
  absl::Duration MinuteWait(uint32_t limit, size_t ahead,
                            absl::Duration now) const;
  void InsertIntoMinute(absl::Duration ended_at);

  Limits limits_;
  // In uptime; both are empty where there is no limit per minute.
  std::deque<absl::Duration> last_minute_;   // ended, oldest first
  std::multiset<absl::Duration> under_way_;  // when they were counted
  Calendar day_{CalendarWindow(CalendarWindow::Kind::kDay)};
  Calendar month_{CalendarWindow(CalendarWindow::Kind::kMonth)};
  absl::Duration paused_until_ = -absl::InfiniteDuration();  // uptime
  Window paused_by_ = Window::kNone;
};

// The failure of a request that waits for `opening`.
absl::Status QuotaFailureOf(const Quota::Opening& opening, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_QUOTA_H_
