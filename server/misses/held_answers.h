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

// Queued verdicts that are held back because their callers prefer a final
// verdict. Each held verdict has a watcher with the same id in the WatchList.
// Loop only.
class HeldAnswers {
 public:
  // Borrows both arguments.
  HeldAnswers(Loop& loop, WatchList& watches)
      : loop_(loop), watches_(watches) {}

  // Runs `done` once: with the final verdict about `key` when VirusTotal gives
  // it, or with the latest queued verdict after `patience` or when WatchList
  // ends the watcher. After End, `done` gets the status of End instead.
  void Hold(WatchList::Id id, const std::string& key, Answer queued,
            absl::Duration patience, OnAnswer done);

  // Runs the `done` of `id` with `status`. False when nothing is held under
  // this id.
  bool End(WatchList::Id id, const absl::Status& status);

  size_t size() const { return held_.size(); }

 private:
  struct Held {
    Answer answer;
    OnAnswer done;
    Loop::TimerId timer;
  };

  void OnVerdict(WatchList::Id id, Answer verdict);
  // Every held verdict ends here. Its `done` gets `final`, or the held verdict
  // when `final` is empty.
  void Release(WatchList::Id id, std::optional<absl::StatusOr<Answer>> final);

  Loop& loop_;
  WatchList& watches_;
  absl::flat_hash_map<WatchList::Id, Held> held_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_HELD_ANSWERS_H_
