#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "virustotal/keys/calendar_window.h"
#include "virustotal/keys/lane.h"
#include "virustotal/keys/quota_windows.h"

namespace vtlookup {

// Counts the requests made with a key against VirusTotal's limits: never more
// than `per_minute` in any 60 seconds, and calendar windows (quota_windows.h)
// as VirusTotal counts them. Pure arithmetic over the `now` it is given. Loop
// only.
//
// VirusTotal sees a request at some moment between its sending and its answer.
// So a request occupies the window of a minute from when it is counted until 60
// seconds after it has ended. Then VirusTotal never sees more requests in 60
// seconds than the limit, however long requests travel. Minutes and pauses are
// measured in uptime, which nobody can set; for calendar windows see
// CalendarWindow.
class Quota {
 public:
  using Limits = QuotaLimits;

  // Why no request is made for a while although the windows have room. The
  // ledger stores the numbers, so never renumber. A ledger may hold other
  // numbers, which mean the same as kQuota.
  enum class Pause : uint8_t {
    kQuota = 1,    // VirusTotal says that a quota is used up, and not which one
    kDay = 2,      // VirusTotal says that the quota of the day is used up
    kTooMany = 3,  // VirusTotal says that there were too many requests
  };

  // When a request may be made. If that is in the future, `pause` says why, or,
  // without a pause, `window` is the name of the window that has no room:
  // "minute", or WindowSpec::name.
  struct Opening {
    absl::Time at;
    const char* window = "minute";
    std::optional<Pause> pause = std::nullopt;
  };

  // What VirusTotal itself says about a calendar window.
  struct Allowance {
    uint32_t allowed = 0;
    uint32_t used = 0;
    uint32_t left() const { return allowed > used ? allowed - used : 0; }
    friend bool operator==(const Allowance&, const Allowance&) = default;
  };
  // A window about which VirusTotal says nothing has no value.
  using Told = PerWindow<std::optional<Allowance>>;

  // The longest time from the counting of a request to its end, as far as we
  // can tell after a restart: HttpOptions::timeout.
  static constexpr absl::Duration kLongestTravel = absl::Seconds(20);
  // The longest pause that does not concern the day.
  static constexpr absl::Duration kLongestPause = absl::Hours(1);

  explicit Quota(Limits limits);

  // Replaces the limits, also those that VirusTotal has told, until it tells
  // them again.
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

  // Takes over VirusTotal's limits, and its counts where they are higher than
  // ours: others may use the key, too. A count that was only assumed is
  // replaced by VirusTotal's, also when that is lower.
  void Correct(const Told& told, const Moment& now);

  // VirusTotal wants no requests for now: no request is made before `uptime`. A
  // time after the next midnight (for kDay) or more than kLongestPause away
  // (otherwise) comes from a wrong clock; the pause then lasts until the next
  // midnight, or for a minute.
  void PauseUntil(absl::Duration uptime, Pause pause, const Moment& now);
  // Ends the pause.
  void Resume() { paused_until_ = -absl::InfiniteDuration(); }

  // The functions up to EndAll restore the counts of an earlier process, in the
  // order of its ledger, before the first request.
  //
  // At least `used` requests were made in the window of this kind in which
  // `then` is.
  void SetUsed(WindowKind kind, uint32_t used, const Moment& then);
  // A request has ended; counts in the window of a minute only.
  void CountInMinute(absl::Duration ended_at);
  // So many of the requests that count as made in the window were only assumed.
  void SetAssumed(WindowKind kind, uint32_t assumed);
  // The end, in uptime, of a window of this boot of the machine, and the
  // requests in it, of which none was assumed unless SetAssumed follows.
  void RestoreWindow(WindowKind kind, absl::Duration end, uint32_t used);
  // All requests that were under way have ended, at an unknown time.
  void EndAll(absl::Duration now);

  // To be called when the counts are lost: the calendar windows count as used
  // up except for the interactive reserve, or for a twentieth if that is more,
  // until the next window begins or Correct is called.
  void AssumeUsed(const Moment& now);
  // Counts requests of which only the number is known, in the calendar windows.
  void AddUsed(uint32_t count, const Moment& now);

  // The counts, when the windows end, and the end of the pause, as of `now`.
  // Requests under way are part of the minute.
  struct Usage {
    struct Window {
      uint32_t used = 0;
      absl::Time turns = {};  // when the next window begins
    };
    uint32_t minute = 0;
    PerWindow<Window> windows = {};
    absl::Time paused_until = absl::InfinitePast();
  };
  Usage UsageAt(const Moment& now);
  const Limits& limits() const { return limits_; }

  // What another process needs to go on. Durations are uptimes.
  struct Parts {
    // When the requests ended, or will end at the latest; oldest first.
    std::deque<absl::Duration> minute;
    PerWindow<absl::Duration> ends;
    PerWindow<uint32_t> assumed;
    absl::Duration paused_until;
    Pause paused_by = Pause::kQuota;
  };
  Parts parts() const;
  // The ends of the windows in uptime. They change when a window begins.
  PerWindow<absl::Duration> ends() const;

 private:
  // A calendar window and what was used of it.
  struct Calendar {
    CalendarWindow window;
    uint32_t used = 0;
    uint32_t assumed = 0;  // part of `used`
  };

  static void RollWindows(Calendar& calendar, const Moment& now);
  void RollWindows(const Moment& now);
  uint32_t ShareOf(Lane lane, uint32_t limit) const;
  uint32_t AssumedOf(uint32_t limit) const;
  absl::Duration MinuteWait(uint32_t limit, size_t ahead,
                            absl::Duration now) const;
  void InsertIntoMinute(absl::Duration ended_at);

  Limits limits_;
  // In uptime; both are empty where there is no limit per minute.
  std::deque<absl::Duration> last_minute_;   // ended, oldest first
  std::multiset<absl::Duration> under_way_;  // when they were counted
  PerWindow<Calendar> calendars_;
  absl::Duration paused_until_ = -absl::InfiniteDuration();  // uptime
  Pause paused_by_ = Pause::kQuota;
};

// The failure of a request that cannot be made before `opening`.
absl::Status QuotaFailureOf(const Quota::Opening& opening, absl::Time now);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_H_
