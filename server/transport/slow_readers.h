#ifndef VTLOOKUP_SERVER_TRANSPORT_SLOW_READERS_H_
#define VTLOOKUP_SERVER_TRANSPORT_SLOW_READERS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/transport/unsent_budget.h"

namespace vtlookup {

// Finds the connections whose clients do not read the replies that UnsentBudget
// holds for them. Pure bookkeeping: it reads no clock and no socket. One thread
// at a time.
class SlowReaders {
 public:
  using Id = int;

  // Within kPatience a client must read all that is held for it, or
  // kBytesPerSecond on average.
  static constexpr absl::Duration kPatience = absl::Seconds(30);
  static constexpr uint64_t kBytesPerSecond = 16U << 10;

  struct Reader {
    Id id;
    std::string_view name;  // gRPC's name for the connection
    uint64_t sent = 0;      // bytes that the client has acknowledged so far
  };

  // Returns the connections that were too slow. `held` has UnsentBudget's bytes
  // by the connection's name; empty while there is no need to cut any. `passed`
  // is the time since the last call.
  std::vector<Id> Find(const std::vector<Reader>& readers,
                       const UnsentBudget::ByConnection& held,
                       absl::Duration passed);

 private:
  // A connection for which bytes have been held without a break.
  struct Watched {
    uint64_t sent_before = 0;  // Reader::sent when the watch began
    uint64_t least_held = 0;   // the minimum since then
    absl::Duration lasts = absl::ZeroDuration();
  };

  absl::flat_hash_map<Id, Watched> watched_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_SLOW_READERS_H_
