#ifndef VTLOOKUP_SERVER_MISSES_POLL_LIST_H_
#define VTLOOKUP_SERVER_MISSES_POLL_LIST_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"

namespace vtlookup {

// The items whose scan is queued at VirusTotal. Each has the time at which to
// ask for it again, and the client that pays for the request, whose lookup
// brought the item here. An item that is not final after kGiveUpAfter is given
// up. Loop only.
class PollList {
 public:
  static constexpr absl::Duration kGiveUpAfter = absl::Hours(24);

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
  //
  // `submitted` is when the scan was requested; nullopt keeps the earlier
  // value. An item is dropped, without a call, when it is due and its scan was
  // older than kGiveUpAfter both at Put and at that time: one reading of the
  // clock may be wrong.
  bool Put(const Indicator& indicator, absl::Time when, Payer payer,
           std::optional<absl::Time> submitted = {});

  void Remove(const std::string& key);
  bool Has(const std::string& key) const { return items_.contains(key); }

  // Empties the list for good: no item is due any more, and none can be put.
  void Close();

 private:
  struct Item {
    Indicator indicator;
    Payer payer;
    absl::Duration since;  // uptime
    std::optional<absl::Time> submitted;
    bool is_old;  // at the time of Put
    Loop::TimerId timer;
  };

  void OnTimer(const std::string& key);

  const size_t max_;
  const Clock& clock_;
  Loop& loop_;
  const OnDue on_due_;
  absl::flat_hash_map<std::string, Item> items_;  // by cache key
  bool closed_ = false;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_POLL_LIST_H_
