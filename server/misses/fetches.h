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

// What VirusTotal was asked, and how that ended.
struct Asked {
  const Indicator& indicator;
  Ask ask;
  // The client whose lookup began the flight, or brought the item that is
  // polled; empty: none.
  std::string_view client;
  std::string_view trace;  // of that client's call
  absl::Status outcome;
  // When the outcome is OK.
  ResponseCode response_code = ResponseCode::kMissing;
};

// Takes flights to VirusTotal and back: asks the privacy rules a last time,
// looks whether the question has just failed, lets Departures decide when the
// flight goes, makes the request, and makes it again after an outage. Loop
// only.
class Fetches : private Departures::Flow {
 public:
  struct Options {
    Departures::Options departures = {};
    size_t max_failures = 0;  // questions whose failure is remembered
    uint32_t max_retries = 0;
    std::function<double()> random;  // from 0 up to 1
    // Called for each fetch that failed; may be empty.
    std::function<void(const absl::Status&)> on_failure = {};
    // Why the indicator must not be sent to VirusTotal now, as a message for
    // the caller; nothing when it may be sent. Called before each request, also
    // before retries and before those that nobody waits for. May be empty.
    std::function<std::optional<std::string>(const Indicator&)> withheld = {};
    // Called for each indicator that VirusTotal was asked about; may be empty.
    std::function<void(const Asked&)> on_asked = {};
  };

  // How a flight ends. Each function but RefuseLate removes the flight from the
  // table of flights, by way of Fetches::Remove.
  class Ends {
   public:
    virtual ~Ends() = default;
    // VirusTotal has answered.
    virtual void Land(Flight& flight, Upstream::Reply reply) = 0;
    // There is no answer, and `failure` says why.
    virtual void Fail(Flight& flight, const absl::Status& failure) = 0;
    // The privacy rules keep the indicator here, for the reason `why`.
    virtual void Withhold(Flight& flight, const std::string& why) = 0;
    // Nobody waits for the flight, and no request was made.
    virtual void Drop(Flight& flight) = 0;
    // Departures::Flow::RefuseLate.
    virtual void RefuseLate(const Flight& flight, Waiter waiter,
                            const absl::Status& why) = 0;
    // A request has ended, and with it perhaps the last thing under way.
    virtual void OnFetchEnded() = 0;
  };

  // Borrows all but the options; they must outlive the loop.
  Fetches(Options options, const Clock& clock, Loop& loop, Upstream& upstream,
          Flights& flights, MissCounters& counters, Ends& ends);

  // Sends a new flight on its way: to VirusTotal, or into the queue. May end
  // it.
  void Depart(Flight& flight);

  // Whether a report that nobody waits for may be asked of VirusTotal now: no
  // flight is under way for it, and the lane has room.
  bool MayBegin(const Indicator& indicator, Lane lane) const;

  // Why the indicator must not be sent to VirusTotal; see Options::withheld.
  std::optional<std::string> WhyWithheld(const Indicator& indicator) const;

  // The queue, to put waiters and flights in order.
  Departures& departures() { return departures_; }
  const Departures& departures() const { return departures_; }

  // Takes the flight out of the queue and out of the table.
  std::unique_ptr<Flight> Remove(Flight& flight);

  // What fails from now on is not tried again: the daemon stops.
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
  void OnFetched(const Indicator& indicator, Ask ask,
                 absl::StatusOr<Upstream::Reply> reply);
  void TellAsked(const Flight& flight,
                 const absl::StatusOr<Upstream::Reply>& reply);
  void OnAnswered(Flight& flight, Upstream::Reply reply);
  void OnFailed(Flight& flight, const absl::Status& failure);
  bool RetryLater(Flight& flight, const absl::Status& failure);
  void OnBackoffEnds(const Indicator& indicator, Ask ask);

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
