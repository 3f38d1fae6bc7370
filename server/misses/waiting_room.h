#ifndef VTLOOKUP_SERVER_MISSES_WAITING_ROOM_H_
#define VTLOOKUP_SERVER_MISSES_WAITING_ROOM_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

// Bounds how many lookups wait: in all, for each client, and of those that are
// not interactive. So the thousands of one client do not turn away the few of
// others. Loop only. Must outlive its seats.
class WaitingRoom {
  // How many seats a client has.
  using Clients = absl::node_hash_map<std::string, size_t>;

 public:
  // Percent of all seats that one client may have, and that lookups which are
  // not interactive may have together.
  static constexpr size_t kPercentOfClient = 50;
  static constexpr size_t kPercentOfBulk = 90;

  // The place of one lookup, given back when it is destroyed.
  class Seat {
   public:
    Seat() = default;  // none
    Seat(Seat&& other) noexcept { *this = std::move(other); }
    Seat& operator=(Seat&& other) noexcept {
      Leave();
      room_ = std::exchange(other.room_, nullptr);
      client_ = std::exchange(other.client_, nullptr);
      return *this;
    }
    ~Seat() { Leave(); }

    bool taken() const { return room_ != nullptr; }

   private:
    friend class WaitingRoom;
    void Leave();

    WaitingRoom* room_ = nullptr;
    Clients::value_type* client_ = nullptr;  // a node of the room's
  };

  explicit WaitingRoom(size_t seats) : seats_(seats) {}

  // Gives `seat` a place. ResourceExhausted, TOO_MANY_WAITING, when no place is
  // left for this client or lane; `seat` is then unchanged.
  absl::Status Enter(const std::string& client, Lane lane, Seat* seat);

 private:
  const size_t seats_;
  size_t taken_ = 0;
  Clients clients_;  // only those with a seat
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_WAITING_ROOM_H_
