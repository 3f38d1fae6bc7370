#include "server/misses/flight_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vtlookup {

void FlightQueue::Push(Lane lane, const std::string& client, Flight* flight) {
  Remove(flight);
  Line& line = lines_[Index(lane)];
  const auto its = line.by_client.try_emplace(client).first;
  InTurn& in_turn = its->second;
  if (in_turn.flights.empty()) {
    in_turn.turn = line.turns.insert(line.turns.end(), client);
  }
  in_turn.flights.push_back(flight);
  ++line.size;
  places_.emplace(flight,
                  Position{lane, its, std::prev(in_turn.flights.end())});
}

Flight* FlightQueue::Pop(Lane lane) {
  Line& line = lines_[Index(lane)];
  if (line.turns.empty()) return nullptr;
  // The client's next turn comes after those of all others.
  line.turns.splice(line.turns.end(), line.turns, line.turns.begin());
  Flight* const next = line.by_client.at(line.turns.back()).flights.front();
  Remove(next);
  return next;
}

void FlightQueue::Remove(const Flight* flight) {
  const auto found = places_.find(flight);
  if (found == places_.end()) return;
  const Position place = found->second;
  places_.erase(found);
  Line& line = lines_[Index(place.lane)];
  InTurn& in_turn = place.client->second;
  in_turn.flights.erase(place.at);
  if (in_turn.flights.empty()) {
    line.turns.erase(in_turn.turn);
    line.by_client.erase(place.client);
  }
  --line.size;
}

size_t FlightQueue::SizeOf(const std::string& client) const {
  size_t sum = 0;
  for (const Line& line : lines_) {
    const auto its = line.by_client.find(client);
    if (its != line.by_client.end()) sum += its->second.flights.size();
  }
  return sum;
}

size_t FlightQueue::SizeUpTo(Lane lane) const {
  size_t sum = 0;
  for (size_t i = 0; i <= Index(lane); ++i) sum += lines_[i].size;
  return sum;
}

void FlightQueue::Clear() {
  lines_ = {};
  places_.clear();
}

}  // namespace vtlookup
