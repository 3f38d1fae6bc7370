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

// A lookup that waits. There may be many thousands of waiters and flights, so
// each byte counts.
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

// Gives the waiter a seat, unless it has one. ResourceExhausted, as
// WaitingRoom::Enter says, when there is none.
absl::Status TakeSeat(WaitingRoom& room, Waiter& waiter);

// One question to VirusTotal, from when it is to be asked until it is answered,
// and the lookups that wait for the answer.
struct Flight {
  enum class State : uint8_t {
    kNew,       // about to depart
    kQueued,    // waits for its turn: for quota, or one of max_inflight
    kFetching,  // at VirusTotal: paid for, so it runs to the end even if all
                // waiters have left
    kBackoff,   // has failed, and will be fetched again in a moment
  };

  Indicator indicator;
  Ask ask;
  Lane lane;  // of its most urgent waiter
  State state = State::kNew;
  bool keep = false;         // goes on though nobody waits
  bool share_taken = false;  // a request of `share` was taken and is not spent
  uint32_t share = 0;        // requests in a day of the client that began the
                             // flight; 0: no limit
  std::string client = {};   // the client that began the flight
  std::string trace = {};    // of that client's call
  uint32_t retries = 0;
  uint32_t denials = 0;  // how often VirusTotal had no room though we had
  // What was cached when the flight began; may have expired. Null: nothing, as
  // for most flights.
  std::unique_ptr<const Cache::Found> previous = nullptr;
  absl::flat_hash_map<WaiterId, Waiter> waiters = {};
};

// `found` in the form that Flight::previous has.
std::unique_ptr<const Cache::Found> PreviousOf(
    std::optional<Cache::Found> found);

// The flights that have not ended, so that a later lookup of the same question
// joins its flight. Each indicator has at most one flight for a report, and one
// for a submission, which does not answer the other. Loop only.
class Flights {
 public:
  // Null when there is none. The flight lives until it is removed.
  Flight* Find(const Indicator& indicator, Ask ask) const;

  // There must be no flight for the same question.
  Flight& Add(Flight flight);

  // The flight must be in the table.
  std::unique_ptr<Flight> Remove(const Flight& flight);
  std::vector<std::unique_ptr<Flight>> RemoveAll();

 private:
  // By the key of their own indicator.
  using Table = absl::flat_hash_map<absl::string_view, std::unique_ptr<Flight>>;

  const Table& TableOf(Ask ask) const {
    return ask == Ask::kSubmit ? submissions_ : reports_;
  }
  Table& TableOf(Ask ask) {
    return ask == Ask::kSubmit ? submissions_ : reports_;
  }

  Table reports_;
  Table submissions_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_FLIGHTS_H_
