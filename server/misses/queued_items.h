#ifndef VTLOOKUP_SERVER_MISSES_QUEUED_ITEMS_H_
#define VTLOOKUP_SERVER_MISSES_QUEUED_ITEMS_H_

#include <cstddef>
#include <functional>
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

// Items whose scan VirusTotal has queued: when VirusTotal is asked for them
// again (polls), the waiters that would rather have the final verdict (held),
// and the watchers that hear of every verdict. Loop only.
class QueuedItems {
 public:
  struct Options {
    size_t max_polls = 0;
    size_t max_watches = 0;
  };
  // Asks VirusTotal, never the cache, for an item that is due, in this lane and
  // at this client's expense. The item is in the list of polls already, in case
  // the request ends without an answer.
  using AskAgain =
      std::function<void(const Indicator&, Lane, const PollList::Payer&)>;

  // Borrows all but the options and `ask_again`. `config` may change.
  QueuedItems(Options options, const Clock& clock, Loop& loop,
              const v1::CacheConfig& config, MissCounters& counters,
              AskAgain ask_again);

  // Runs `on_verdict` for each verdict of VirusTotal about the indicator from
  // now on. A status is the last that it gets, as after Cancel(id), or
  // ResourceExhausted, TOO_MANY_WAITING, when there are too many watchers.
  // `known` is what the caller knows already.
  void Watch(WatchList::Id id, const Indicator& indicator, const Answer& known,
             WatchList::OnVerdict on_verdict);
  // Ends the watcher without a word.
  void Unwatch(WatchList::Id id) { watches_.Remove(id); }

  // Holds the queued `answer` back for as long as the waiter wants a final one,
  // and polls the item. The waiter must have a seat.
  void Hold(Waiter waiter, const Indicator& indicator, Answer answer);

  // Ends the waiter or watcher `id` with `status`; false when there is none.
  bool Cancel(WatchList::Id id, const absl::Status& status);

  // VirusTotal has answered `flight` with `entry`. Polls the item again, or no
  // longer. `not_yet`: the item is not known, but its scan is still queued.
  void OnLanded(const Flight& flight, const Entry& entry, bool not_yet);
  // A request about the indicator has failed. If it is polled, it is polled
  // again: soon when somebody watches it.
  void OnFailed(const Indicator& indicator);

  // Tells watchers and waiters of a verdict.
  void Tell(const std::string& key, const Answer& answer) {
    watches_.Tell(key, answer);
  }
  // The indicator must not be sent to VirusTotal any more: stops polling it,
  // and tells watchers and waiters so with `answer`.
  void Withhold(const std::string& key, const Answer& answer);

  bool polls(const std::string& key) const { return polls_.Has(key); }
  size_t held() const { return held_.size(); }

  // Ends all watchers with `status`; waiters get the queued verdict that they
  // hold. Nothing is polled any more.
  void Close(const absl::Status& status);

 private:
  void PollAt(const Indicator& indicator, absl::Time when,
              PollList::Payer payer = {});
  void OnDue(const Indicator& indicator, const PollList::Payer& payer);

  const Options options_;
  const Clock& clock_;
  const v1::CacheConfig& config_;
  MissCounters& counters_;
  const AskAgain ask_again_;
  PollList polls_;
  WatchList watches_;
  HeldAnswers held_;  // each is in `watches_`, too
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_QUEUED_ITEMS_H_
