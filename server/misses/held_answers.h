#ifndef VTLOOKUP_SERVER_MISSES_HELD_ANSWERS_H_
#define VTLOOKUP_SERVER_MISSES_HELD_ANSWERS_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/loop.h"
#include "server/misses/watch_list.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// Queued verdicts that are held back, since their callers would rather have
// the final ones. Each is a watcher, too, under the same id. Loop only.
class HeldAnswers {
 public:
  // Borrows both.
  HeldAnswers(Loop& loop, WatchList& watches)
      : loop_(loop), watches_(watches) {}

  // Runs `done` once: with the final verdict of `key` when it lands, and with
  // the last queued one after `patience` or when watching ends.
  void Hold(WatchList::Id id, const std::string& key, Answer queued,
            absl::Duration patience, OnAnswer done);

  // Ends it with `status` instead. False when there is no such id.
  bool End(WatchList::Id id, const absl::Status& status);

  size_t size() const { return held_.size(); }

 private:
  struct Held {
    Answer answer;
    OnAnswer done;
    Loop::TimerId timer;
  };

  void OnVerdict(WatchList::Id id, Answer verdict);
  // The one place where one ends; `final` instead of what is held.
  void Release(WatchList::Id id, std::optional<absl::StatusOr<Answer>> final);

  Loop& loop_;
  WatchList& watches_;
  absl::flat_hash_map<WatchList::Id, Held> held_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_HELD_ANSWERS_H_
