#ifndef VTLOOKUP_SERVER_MISSES_QUEUED_ITEMS_H_
#define VTLOOKUP_SERVER_MISSES_QUEUED_ITEMS_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cache/entry.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "core/loop.h"
#include "server/misses/flights.h"
#include "server/misses/held_answers.h"
#include "server/misses/miss_counters.h"
#include "server/misses/poll_list.h"
#include "server/misses/watch_list.h"
#include "server/verdicts/answer.h"
#include "virustotal/keys/lane.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The items whose scan VirusTotal has queued: the polls that ask VirusTotal for
// them again until a day after the scan was requested, the answers that are
// held back for waiters that prefer a final verdict, and the watchers, which
// get every verdict. Loop only.
class QueuedItems {
 public:
  struct Options {
    size_t max_polls = 0;    // items that are polled
    size_t max_watches = 0;  // watchers, without those of held answers
  };
  // Asks VirusTotal, never the cache, for an item that is due. The request has
  // this lane and is charged to this client. The next poll of the item is set
  // already, in case this request is not made or ends without an answer.
  using AskAgain =
      std::function<void(const Indicator&, Lane, const PollList::Payer&)>;

  // Borrows all arguments but the options and `ask_again`. `config` may change
  // later, on the loop.
  QueuedItems(Options options, const Clock& clock, Loop& loop,
              const v1::CacheConfig& config, MissCounters& counters,
              AskAgain ask_again);

  // Runs `on_verdict` for each verdict that VirusTotal gives about the
  // indicator from now on, and polls the item if `known`, the answer that the
  // caller has already, is a queued verdict. A status ends the watcher: that of
  // Cancel or Close, or ResourceExhausted, TOO_MANY_WAITING, when there are too
  // many watchers.
  void Watch(WatchList::Id id, const Indicator& indicator, const Answer& known,
             WatchList::OnVerdict on_verdict);
  // Removes the watcher; its callback is not called.
  void Unwatch(WatchList::Id id) { watches_.Remove(id); }

  // Holds the queued `answer` back, at most for the waiter's wait_for_final,
  // and polls the item. The waiter's `done` runs exactly once. REQUIRES: the
  // waiter has a seat.
  void Hold(Waiter waiter, const Indicator& indicator, Answer answer);

  // Ends the waiter or watcher `id` with `status`. False when there is no such
  // waiter or watcher.
  bool Cancel(WatchList::Id id, const absl::Status& status);

  // VirusTotal has answered `flight` with `entry`: sets the next poll of the
  // item, or stops polling it. `not_yet`: VirusTotal does not know the item
  // yet, because its scan is still queued.
  void OnLanded(const Flight& flight, const Entry& entry, bool not_yet);
  // A request about the indicator has failed. If the item is polled, sets the
  // next poll: earlier when the item has a watcher.
  void OnFailed(const Indicator& indicator);

  // Gives a verdict to the watchers and waiters of the item.
  void Tell(const std::string& key, const Answer& answer) {
    watches_.Tell(key, answer);
  }
  // The indicator must not be sent to VirusTotal any more: stops polling it,
  // and gives `answer`, which says so, to its watchers and waiters.
  void Withhold(const std::string& key, const Answer& answer);

  bool polls(const std::string& key) const { return polls_.Has(key); }
  size_t held() const { return held_.size(); }

  // Ends all watchers with `status`, gives each waiter the queued verdict that
  // was held back for it, and stops all polls.
  void Close(const absl::Status& status);

 private:
  void PollQueued(const Indicator& indicator, const Entry& entry,
                  PollList::Payer payer);
  void PollAt(const Indicator& indicator, absl::Time when,
              PollList::Payer payer = {},
              std::optional<absl::Time> submitted = {});
  void OnDue(const Indicator& indicator, const PollList::Payer& payer);

  const Options options_;
  const Clock& clock_;
  const v1::CacheConfig& config_;
  MissCounters& counters_;
  const AskAgain ask_again_;
  PollList polls_;
  WatchList watches_;
  HeldAnswers held_;  // each held answer has a watcher in `watches_`
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_QUEUED_ITEMS_H_
