#include "server/flight_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace vtlookup {

void FlightQueue::Push(Lane lane, const std::string& client,
                       const std::string& key) {
  Remove(key);
  Line& line = lines_[Index(lane)];
  std::list<std::string>& keys = line.by_client[client];
  if (keys.empty()) line.turns.push_back(client);
  keys.push_back(key);
  ++line.size;
  places_.emplace(
      key, Place{.lane = lane, .client = client, .at = std::prev(keys.end())});
}

std::optional<std::string> FlightQueue::Pop(Lane lane) {
  Line& line = lines_[Index(lane)];
  if (line.turns.empty()) return std::nullopt;
  // The client's next turn comes after those of all others.
  line.turns.splice(line.turns.end(), line.turns, line.turns.begin());
  std::string key = line.by_client.at(line.turns.back()).front();
  Remove(key);
  return key;
}

void FlightQueue::Remove(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return;
  const Place& place = found->second;
  Line& line = lines_[Index(place.lane)];
  const auto keys = line.by_client.find(place.client);
  keys->second.erase(place.at);
  if (keys->second.empty()) {
    line.turns.remove(place.client);
    line.by_client.erase(keys);
  }
  --line.size;
  places_.erase(found);
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
