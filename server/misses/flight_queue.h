#ifndef VTLOOKUP_SERVER_MISSES_FLIGHT_QUEUE_H_
#define VTLOOKUP_SERVER_MISSES_FLIGHT_QUEUE_H_

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

struct Flight;

// Flights that wait for their turn: by lane, and within a lane one of each
// client after the other, so that who asks a lot does not hold up who asks a
// little. Borrows them, and does not look into them. Loop only.
class FlightQueue {
 public:
  // Moves the flight when it is there already.
  void Push(Lane lane, const std::string& client, Flight* flight);

  // The next of the lane; null when none waits.
  Flight* Pop(Lane lane);

  // No effect when it is not there.
  void Remove(const Flight* flight);

  size_t size() const { return places_.size(); }
  size_t size(Lane lane) const { return lines_[Index(lane)].size; }
  // The number of a client's flights, in all lanes.
  size_t SizeOf(const std::string& client) const;
  // Those that go before a newcomer, at most.
  size_t SizeUpTo(Lane lane) const;

  void Clear();

 private:
  struct InTurn {
    std::list<Flight*> flights;                  // of one client; not empty
    std::list<std::string>::iterator turn = {};  // its place in Line::turns
  };
  using ByClient = std::map<std::string, InTurn>;
  struct Line {
    ByClient by_client;
    std::list<std::string> turns;  // the clients in it, whose turn first
    size_t size = 0;
  };
  struct Place {
    Lane lane;
    ByClient::iterator client;
    std::list<Flight*>::iterator at;
  };

  static size_t Index(Lane lane) { return static_cast<size_t>(lane); }

  std::array<Line, 3> lines_;
  absl::flat_hash_map<const Flight*, Place> places_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_FLIGHT_QUEUE_H_
