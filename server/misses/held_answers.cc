#include "server/misses/held_answers.h"

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "core/response_code.h"

namespace vtlookup {

void HeldAnswers::Hold(WatchList::Id id, const std::string& key, Answer queued,
                       absl::Duration patience, OnAnswer done) {
  held_.emplace(id, Held{.answer = std::move(queued),
                         .done = std::move(done),
                         .timer = loop_.After(patience, [this, id] {
                           watches_.Remove(id);
                           Release(id, std::nullopt);
                         })});
  watches_.Add(id, key, [this, id](absl::StatusOr<Answer> verdict) {
    if (!verdict.ok()) return Release(id, std::nullopt);
    OnVerdict(id, *std::move(verdict));
  });
}

void HeldAnswers::OnVerdict(WatchList::Id id, Answer verdict) {
  if (CodeOf(verdict.entry) == ResponseCode::kQueued) {
    held_.at(id).answer = std::move(verdict);
    return;
  }
  // Posted, so that WatchList has finished its call of this watcher before the
  // watcher is removed and `done` runs.
  loop_.Post([this, id, final = std::move(verdict)]() mutable {
    watches_.Remove(id);
    Release(id, std::move(final));
  });
}

bool HeldAnswers::End(WatchList::Id id, const absl::Status& status) {
  if (!held_.contains(id)) return false;
  watches_.Remove(id);
  Release(id, status);
  return true;
}

void HeldAnswers::Release(WatchList::Id id,
                          std::optional<absl::StatusOr<Answer>> final) {
  auto node = held_.extract(id);
  if (node.empty()) return;
  Held& held = node.mapped();
  loop_.CancelTimer(held.timer);
  std::move(held.done)(final.has_value() ? *std::move(final)
                                         : std::move(held.answer));
}

}  // namespace vtlookup
