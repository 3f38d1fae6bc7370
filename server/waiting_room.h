#ifndef VTLOOKUP_SERVER_WAITING_ROOM_H_
#define VTLOOKUP_SERVER_WAITING_ROOM_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "virustotal/lane.h"

namespace vtlookup {

// Bounds how many lookups wait: over all, for each client, and of those that are
// not interactive, so that one client's thousands do not turn the others' few
// away. Loop only. It outlives its seats.
class WaitingRoom {
  // How many seats a client has.
  using Clients = absl::node_hash_map<std::string, size_t>;

 public:
  // A client may have this part of the seats, in percent, and lookups that are
  // not interactive this part of all.
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

  // Gives `seat` a place. ResourceExhausted, TOO_MANY_WAITING, when there is
  // none for this client or lane.
  absl::Status Enter(const std::string& client, Lane lane, Seat* seat);

 private:
  const size_t seats_;
  size_t taken_ = 0;
  Clients clients_;  // none with 0
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_WAITING_ROOM_H_
