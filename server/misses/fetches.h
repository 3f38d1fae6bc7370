#ifndef VTLOOKUP_SERVER_MISSES_FETCHES_H_
#define VTLOOKUP_SERVER_MISSES_FETCHES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "core/response_code.h"
#include "server/misses/departures.h"
#include "server/misses/failure_backoff.h"
#include "server/misses/flights.h"
#include "server/misses/miss_counters.h"
#include "server/misses/retries.h"
#include "virustotal/keys/lane.h"
#include "virustotal/upstream.h"

namespace vtlookup {

// A question to VirusTotal that has ended, for the audit log. The references
// are valid during the call of Options::on_asked only.
struct FetchOutcome {
  const Indicator& indicator;
  Purpose purpose;
  // The client whose lookup began the flight, or whose lookup brought the item
  // that is polled; empty: none.
  std::string_view client;
  std::string_view trace;  // of that client's call
  absl::Status outcome;
  // When the outcome is OK.
  ResponseCode response_code = ResponseCode::kMissing;
  uint32_t requests = 0;  // see Upstream::Done
};

// Takes flights to VirusTotal and back: checks the privacy rules a last time,
// fails the flight if the question has just failed, lets Departures decide when
// the flight goes, makes the request, and retries it after an outage. Loop
// only.
class Fetches : private Departures::Flow {
 public:
  struct Options {
    Departures::Options departures = {};
    size_t max_failures = 0;         // questions whose failure is remembered
    uint32_t max_retries = 0;        // of one flight
    std::function<double()> random;  // from 0 up to 1
    // Called for each fetch that failed, and for each answer of which a part is
    // missing, unless the flight was ended before; may be empty.
    std::function<void(const absl::Status&)> on_failure = {};
    // Returns why the indicator must not be sent to VirusTotal now, as a
    // message for the caller; nothing when it may be sent. Called before each
    // fetch, also before retries and before fetches without a waiter, but not
    // again for the further requests of a fetch. May be empty.
    std::function<std::optional<std::string>(const Indicator&)> withheld = {};
    // Called for each fetch that has ended, unless its flight was ended before;
    // may be empty.
    std::function<void(const FetchOutcome&)> on_asked = {};
  };

  // Ends flights and waiters. Land, Fail, Withhold and Drop end the flight, and
  // must call Fetches::Remove for it. Loop only.
  class Ends {
   public:
    virtual ~Ends() = default;
    // VirusTotal has answered.
    virtual void Land(Flight& flight, Upstream::Reply reply) = 0;
    // There is no answer, and `failure` says why.
    virtual void Fail(Flight& flight, const absl::Status& failure) = 0;
    // The privacy rules do not let the indicator go to VirusTotal. `why`: the
    // message for the callers.
    virtual void Withhold(Flight& flight, const std::string& why) = 0;
    // The flight has no waiter, and no request is under way for it.
    virtual void Drop(Flight& flight) = 0;
    // See Departures::Flow::RefuseLate.
    virtual void RefuseLate(const Flight& flight, Waiter waiter,
                            const absl::Status& why) = 0;
    // A request has ended, perhaps the last one under way.
    virtual void OnFetchEnded() = 0;
  };

  // Borrows all arguments but the options; they must outlive the loop.
  Fetches(Options options, const Clock& clock, Loop& loop, Upstream& upstream,
          Flights& flights, MissCounters& counters, Ends& ends);

  // Sends a flight to VirusTotal or into the queue, or ends the flight, which
  // then does not exist any more when this returns.
  void Depart(Flight& flight);

  // Whether a flight for a report that nobody waits for may begin now: there is
  // no flight for this report, and the lane has room.
  bool MayBegin(const Indicator& indicator, Lane lane) const;

  // Why the indicator must not be sent to VirusTotal; see Options::withheld.
  std::optional<std::string> WhyWithheld(const Indicator& indicator) const;

  // The queue, to which the owner reports waiters that join and leave.
  Departures& departures() { return departures_; }
  const Departures& departures() const { return departures_; }

  // Takes the flight out of the queue and out of the table. The caller owns the
  // flight from then on.
  std::unique_ptr<Flight> Remove(Flight& flight);

  // From now on a failed request is not retried, because the daemon stops.
  void StopRetries() { retrying_ = false; }

 private:
  void Leave(Flight& flight) override;
  void RefuseLate(const Flight& flight, Waiter waiter,
                  const absl::Status& why) override {
    ends_.RefuseLate(flight, std::move(waiter), why);
  }
  void Drop(Flight& flight) override { ends_.Drop(flight); }

  bool EndIfWithheld(Flight& flight);
  void Fetch(Flight& flight);
  void OnFetched(const Indicator& indicator, Purpose purpose,
                 absl::StatusOr<Upstream::Reply> reply, uint32_t requests);
  void TellAsked(const Flight& flight,
                 const absl::StatusOr<Upstream::Reply>& reply,
                 uint32_t requests);
  void OnAnswered(Flight& flight, Upstream::Reply reply);
  void OnFailed(Flight& flight, const absl::Status& failure);
  bool RetryLater(Flight& flight, const absl::Status& failure);
  void OnBackoffEnds(const Indicator& indicator, Purpose purpose);

  const Options options_;
  const Clock& clock_;
  Loop& loop_;
  Upstream& upstream_;
  Flights& flights_;
  MissCounters& counters_;
  Ends& ends_;
  Departures departures_;
  FailureBackoff failures_;
  Retries retries_;
  bool retrying_ = true;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_FETCHES_H_
