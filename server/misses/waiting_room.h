#ifndef VTLOOKUP_SERVER_MISSES_WAITING_ROOM_H_
#define VTLOOKUP_SERVER_MISSES_WAITING_ROOM_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "virustotal/keys/lane.h"

namespace vtlookup {

// Bounds how many lookups wait: in all, for each client, and for lookups that
// are not interactive. So thousands of lookups of one client do not push out
// the few of another. Loop only. Must outlive its seats.
class WaitingRoom {
  // The number of seats that each client has.
  using Clients = absl::node_hash_map<std::string, size_t>;

 public:
  // Percentages of all seats: one client may have kPercentOfClient, and once
  // kPercentOfBulk are taken, only interactive lookups get a seat.
  static constexpr size_t kPercentOfClient = 50;
  static constexpr size_t kPercentOfBulk = 90;
  // A percentage of `whole`, but at least one.
  static size_t PercentOf(size_t whole, size_t percent) {
    return std::max<size_t>(whole * percent / 100, 1);
  }

  // The place of one lookup. The destructor gives the place back.
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

  // Gives `seat` a place, and gives back the place that `seat` had before.
  // ResourceExhausted, TOO_MANY_WAITING, when no place is left for this client
  // or lane; `seat` is then unchanged.
  absl::Status Enter(const std::string& client, Lane lane, Seat* seat);

 private:
  const size_t seats_;
  size_t taken_ = 0;
  Clients clients_;  // only clients that have a seat
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_WAITING_ROOM_H_
