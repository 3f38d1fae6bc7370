#ifndef VTLOOKUP_SERVER_MISSES_POLL_LIST_H_
#define VTLOOKUP_SERVER_MISSES_POLL_LIST_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"

namespace vtlookup {

// The items whose scan is queued at VirusTotal. Each has the time at which to
// ask for it again, and the client that pays for the request, whose lookup
// brought the item here. An item that is not final after a day is given up.
// Loop only.
class PollList {
 public:
  struct Payer {
    std::string client = {};  // empty: nobody
    uint32_t share = 0;       // the client's requests in a day; 0: no limit
  };

  // Called when an item is due. The item stays in the list, so the callee must
  // either Put it again or Remove it.
  using OnDue = std::function<void(const Indicator&, const Payer&)>;

  // Borrows the clock and the loop. `max`: items in the list.
  PollList(size_t max, const Clock& clock, Loop& loop, OnDue on_due);

  // Makes the item due at `when`, but not before a second from now, and not
  // later than a day from now. An item that is in the list already keeps its
  // payer. False when the list is full.
  bool Put(const Indicator& indicator, absl::Time when, Payer payer);

  void Remove(const std::string& key);
  bool Has(const std::string& key) const { return items_.contains(key); }

  // Empties the list for good: no item is due any more, and none can be put.
  void Close();

 private:
  struct Item {
    Indicator indicator;
    Payer payer;
    absl::Duration since;  // uptime
    Loop::TimerId timer;
  };

  const size_t max_;
  const Clock& clock_;
  Loop& loop_;
  const OnDue on_due_;
  absl::flat_hash_map<std::string, Item> items_;  // by cache key
  bool closed_ = false;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_POLL_LIST_H_
