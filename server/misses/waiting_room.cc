#include "server/misses/waiting_room.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/misses/refusals.h"

namespace vtlookup {
absl::Status WaitingRoom::Enter(const std::string& client, Lane lane,
                                Seat* seat) {
  const size_t of_lane =
      lane == Lane::kInteractive ? seats_ : PercentOf(seats_, kPercentOfBulk);
  if (taken_ >= of_lane) {
    return TooManyWaiting(absl::StrCat(
        "refused: ", taken_,
        " lookups wait for an answer (limits.max_waiting is ", seats_,
        lane == Lane::kInteractive
            ? ")"
            : "; a tenth of it is kept for interactive lookups)"));
  }
  const size_t of_client = PercentOf(seats_, kPercentOfClient);
  const auto found = clients_.try_emplace(client, 0).first;
  if (found->second >= of_client) {
    return TooManyWaiting(absl::StrCat(
        "refused: ", found->second,
        " lookups of this client wait for an answer (limits.max_waiting is ",
        seats_, ", and one client may have half of it)"));
  }
  ++found->second;
  ++taken_;
  seat->Leave();
  seat->room_ = this;
  seat->client_ = &*found;
  return absl::OkStatus();
}

void WaitingRoom::Seat::Leave() {
  if (room_ == nullptr) return;
  --room_->taken_;
  if (--client_->second == 0) {
    // The key is copied, because erase frees the key of the node that it looks
    // for.
    room_->clients_.erase(std::string(client_->first));
  }
  room_ = nullptr;
}

}  // namespace vtlookup
