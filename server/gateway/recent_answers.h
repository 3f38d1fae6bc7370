#ifndef VTLOOKUP_SERVER_GATEWAY_RECENT_ANSWERS_H_
#define VTLOOKUP_SERVER_GATEWAY_RECENT_ANSWERS_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "server/verdicts/answer.h"

namespace vtlookup {

// The lookup of one value, for all rows of a call that contain it.
struct RowAnswer {
  explicit RowAnswer(std::string asked) : value(std::move(asked)) {}

  const std::string value;
  // Set last, by whoever brings the answer, which does not change from then on.
  std::atomic<bool> done = false;
  absl::StatusOr<Answer> answer = absl::UnknownError("not answered");
  // The fields below belong to the task that writes rows.
  bool rendered = false;
  std::string added;           // what the answer adds to a row
  absl::Duration rendered_at;  // uptime
};

// The values that a call has looked up lately. Rows with the same value share
// one lookup and one rendered answer, until kUsable after it was rendered.
// Holds about kMostBytes; the values that were not used for the longest time
// are dropped first, and are looked up again when a row has them. One thread.
class RecentAnswers {
 public:
  static constexpr size_t kMostBytes = size_t{1} << 20;
  // How long an answer is used again before it is looked up again. The daemon's
  // cache then decides; this saves the time to render it.
  static constexpr absl::Duration kUsable = absl::Seconds(5);

  // `for_good`: lookups are submissions, which cost quota. So answers are used
  // again however old they are: a submission is not repeated as long as its URL
  // is held.
  explicit RecentAnswers(bool for_good) : for_good_(for_good) {}

  // Returns the answer of the value, which may not be done yet, and whether it
  // is new: then it must be looked up.
  std::pair<std::shared_ptr<RowAnswer>, bool> Find(const std::string& value) {
    std::shared_ptr<RowAnswer> found;
    if (const auto it = recent_.find(value); it != recent_.end()) {
      if (IsUsable(*it->second)) return {it->second, false};
    } else if (const auto old = older_.find(value); old != older_.end()) {
      if (IsUsable(*old->second)) found = old->second;
    }
    const bool fresh = found == nullptr;
    if (fresh) found = std::make_shared<RowAnswer>(value);
    bytes_ += value.size() + kBookkeeping + found->added.size();
    recent_[value] = found;
    if (bytes_ >= kMostBytes / 2) {
      older_ = std::exchange(recent_, {});
      bytes_ = 0;
    }
    return {found, fresh};
  }

  // Says that the answer has `bytes` more, because it was rendered.
  void Grew(size_t bytes) { bytes_ += bytes; }

 private:
  static constexpr size_t kBookkeeping = 200;  // bytes for each value, about

  // A failure is asked again.
  bool IsUsable(const RowAnswer& answer) const {
    if (!answer.done.load(std::memory_order_acquire)) return true;
    if (!answer.answer.ok()) return false;
    return for_good_ || !answer.rendered ||
           MonotonicTime() - answer.rendered_at < kUsable;
  }

  const bool for_good_;
  absl::flat_hash_map<std::string, std::shared_ptr<RowAnswer>> recent_;
  absl::flat_hash_map<std::string, std::shared_ptr<RowAnswer>> older_;
  size_t bytes_ = 0;  // of recent_
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_RECENT_ANSWERS_H_
