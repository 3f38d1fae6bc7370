#ifndef VTLOOKUP_SERVER_FLIGHT_QUEUE_H_
#define VTLOOKUP_SERVER_FLIGHT_QUEUE_H_

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "virustotal/lane.h"

namespace vtlookup {

// Keys of flights that wait for their turn: by lane, and within a lane one of
// each client after the other, so that who asks a lot does not hold up who asks
// a little. Keys are borrowed for as long as they are in it. Loop only.
class FlightQueue {
 public:
  // Moves the key when it is there already.
  void Push(Lane lane, const std::string& client, absl::string_view key);

  // The next of the lane; nothing when none waits.
  std::optional<absl::string_view> Pop(Lane lane);

  void Remove(absl::string_view key);

  size_t size() const { return places_.size(); }
  size_t size(Lane lane) const { return lines_[Index(lane)].size; }
  // Those that go before a newcomer, at most.
  size_t SizeUpTo(Lane lane) const;

  void Clear();

 private:
  using Keys = std::list<absl::string_view>;
  using ByClient = std::map<std::string, Keys>;
  struct Line {
    ByClient by_client;            // none empty
    std::list<std::string> turns;  // the clients in it, whose turn first
    size_t size = 0;
  };
  struct Place {
    Lane lane;
    ByClient::iterator client;
    Keys::iterator at;
  };

  static size_t Index(Lane lane) { return static_cast<size_t>(lane); }

  std::array<Line, 3> lines_;
  absl::flat_hash_map<absl::string_view, Place> places_;  // by key
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_FLIGHT_QUEUE_H_
