#include "client/command/rows/row_queue.h"

#include <utility>

namespace vtlookup {

bool RowQueue::Push(PlannedRows rows) {
  std::unique_lock<std::mutex> lock(mu_);
  changed_.wait(lock, [this] { return all_.size() < kMaxPieces || closed_; });
  if (closed_) return false;
  all_.push_back(std::move(rows));
  changed_.notify_all();
  return true;
}

std::optional<PlannedRows> RowQueue::Pop() {
  std::unique_lock<std::mutex> lock(mu_);
  changed_.wait(lock, [this] { return !all_.empty() || ended_; });
  if (all_.empty()) return std::nullopt;
  PlannedRows rows = std::move(all_.front());
  all_.pop_front();
  changed_.notify_all();
  return rows;
}

void RowQueue::End() { Set(&ended_); }

void RowQueue::Close() { Set(&closed_); }

void RowQueue::Set(bool* flag) {
  const std::lock_guard<std::mutex> lock(mu_);
  *flag = true;
  changed_.notify_all();
}

}  // namespace vtlookup
