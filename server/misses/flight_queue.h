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

// The queue of the flights that wait for their turn, a line for each lane.
// Within a lane the clients take turns (round robin), so that a client with
// many flights does not hold up a client with few. Borrows the flights, and
// never reads them. Loop only.
class FlightQueue {
 public:
  // Adds the flight at the end of the client's flights. A flight that is in the
  // queue already is moved there.
  void Push(Lane lane, const std::string& client, Flight* flight);

  // Takes the next flight of the lane out; null when the lane is empty.
  Flight* Pop(Lane lane);

  // No effect when the flight is not in the queue.
  void Remove(const Flight* flight);

  size_t size() const { return places_.size(); }
  size_t size(Lane lane) const { return lines_[Index(lane)].size; }
  // The number of a client's flights, in all lanes.
  size_t SizeOf(const std::string& client) const;
  // The number of flights in this lane and in more urgent lanes: at most so
  // many go before a newcomer.
  size_t SizeUpTo(Lane lane) const;

  void Clear();

 private:
  struct InTurn {
    std::list<Flight*> flights;                  // of one client; not empty
    std::list<std::string>::iterator turn = {};  // the client's, in Line::turns
  };
  using ByClient = std::map<std::string, InTurn>;
  struct Line {
    ByClient by_client;
    std::list<std::string> turns;  // the clients, the next to have a turn first
    size_t size = 0;
  };
  struct Position {
    Lane lane;
    ByClient::iterator client;
    std::list<Flight*>::iterator at;
  };

  static size_t Index(Lane lane) { return static_cast<size_t>(lane); }

  std::array<Line, 3> lines_;
  absl::flat_hash_map<const Flight*, Position> places_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_FLIGHT_QUEUE_H_
