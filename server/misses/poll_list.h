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

// Items whose scan is queued at VirusTotal, each with the time at which to ask
// for it again, and with the client that pays for that: the one whose lookup
// brought the item here. An item that is not final after a day is given up.
// Loop only.
class PollList {
 public:
  struct Payer {
    std::string client = {};  // empty: nobody
    uint32_t share = 0;       // of a day's requests; 0: no limit
  };

  // The item stays in the list: the callee says when it is due next, or
  // removes it.
  using OnDue = std::function<void(const Indicator&, const Payer&)>;

  // Borrows the clock and the loop.
  PollList(size_t max, const Clock& clock, Loop& loop, OnDue on_due);

  // Has the item fall due at `when`, or in a second if that is later; a `when`
  // that is more than a day away counts as a day. An item that is in the list
  // keeps its payer. False when the list is full.
  bool Put(const Indicator& indicator, absl::Time when, Payer payer);

  void Remove(const std::string& key);
  bool Has(const std::string& key) const { return items_.contains(key); }

  // Nothing falls due any more.
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
