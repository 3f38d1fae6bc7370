#ifndef VTLOOKUP_SERVER_MISSES_FLIGHTS_H_
#define VTLOOKUP_SERVER_MISSES_FLIGHTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/cache.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/misses/waiting_room.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/want.h"
#include "virustotal/keys/lane.h"
#include "virustotal/upstream.h"

namespace vtlookup {

using WaiterId = uint64_t;

// A lookup that waits. Waiters and flights are kept small, because there may be
// many thousands of them.
struct Waiter {
  WaiterId id;
  Want want;
  Requester requester;
  OnAnswer done;                              // runs exactly once
  absl::Time limit = absl::InfiniteFuture();  // the latest time for its turn
  std::optional<Loop::TimerId> timer = std::nullopt;  // to serve it stale
  std::optional<Loop::TimerId> late = std::nullopt;   // to refuse it at `limit`
  WaitingRoom::Seat seat = {};
};

// Gives the waiter a seat, unless the waiter has one. Fails as
// WaitingRoom::Enter does.
absl::Status TakeSeat(WaitingRoom& room, Waiter& waiter);

// One question to VirusTotal, from the time when it is to be asked until it is
// answered or has failed, and the lookups that wait for the answer.
struct Flight {
  enum class State : uint8_t {
    kNew,       // about to depart
    kQueued,    // waits for its turn: for quota, or for one of max_inflight
    kFetching,  // at VirusTotal: paid for, so it runs to the end even if all
                // waiters have left
    kBackoff,   // has failed, and will be fetched again in a moment
  };

  Indicator indicator;
  Purpose purpose;
  Lane lane;  // the most urgent lane of all waiters so far
  State state = State::kNew;
  bool keep = false;         // goes on even without waiters
  bool share_taken = false;  // a request of the client's share is reserved
  uint32_t share = 0;  // the client's daily limit of requests; 0: no limit,
                       // or a waiter without a limit has joined
  std::string client = {};  // whose lookup began the flight, or brought the
                            // item that is polled; empty: none
  std::string trace = {};   // of that client's call
  uint32_t retries = 0;
  uint32_t denials = 0;  // how often VirusTotal refused for want of quota
                         // although our count had room
  // The entry that was cached when the flight began; it may have expired. Null
  // for most flights, which begin without an entry.
  std::unique_ptr<const Cache::Found> previous = nullptr;
  absl::flat_hash_map<WaiterId, Waiter> waiters = {};
};

// `found` in the form that Flight::previous has.
std::unique_ptr<const Cache::Found> PreviousOf(
    std::optional<Cache::Found> found);

// The table of the flights that have not ended. It owns them. A later lookup of
// the same question finds its flight here and joins it. An indicator has at
// most one flight for a report, and one for a submission, because neither
// answers the other. Loop only.
class Flights {
 public:
  // Null when there is no such flight. The flight lives until it is removed.
  Flight* Find(const Indicator& indicator, Purpose purpose) const;

  // REQUIRES: the table has no flight for the same question.
  Flight& Add(Flight flight);

  // Hands the flight over to the caller. REQUIRES: the flight is in the table.
  std::unique_ptr<Flight> Remove(const Flight& flight);
  std::vector<std::unique_ptr<Flight>> RemoveAll();

 private:
  // The key is a view into the indicator of the flight.
  using Table = absl::flat_hash_map<absl::string_view, std::unique_ptr<Flight>>;

  const Table& TableOf(Purpose purpose) const {
    return purpose == Purpose::kSubmit ? submissions_ : reports_;
  }
  Table& TableOf(Purpose purpose) {
    return purpose == Purpose::kSubmit ? submissions_ : reports_;
  }

  Table reports_;
  Table submissions_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_FLIGHTS_H_
