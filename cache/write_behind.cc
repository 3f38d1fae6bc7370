#include "cache/write_behind.h"

#include <utility>
#include <vector>

#include "core/text.h"

namespace vtlookup {

WriteBehind::WriteBehind(Tier& tier, Executor& executor, size_t max_pending)
    : tier_(tier), executor_(executor), max_pending_(max_pending) {}

void WriteBehind::Put(std::string_view key, Entry entry) {
  {
    absl::MutexLock lock(&mu_);
    const auto found = pending_.find(ToAbsl(key));
    if (found != pending_.end()) {
      found->second = std::move(entry);
    } else if (pending_.size() >= max_pending_) {
      refused_.Add();
      return;
    } else {
      pending_.emplace(std::string(key), std::move(entry));
    }
    if (std::exchange(draining_, true)) return;
  }
  executor_.Run([this] { Drain(); });
}

std::optional<Entry> WriteBehind::Get(std::string_view key) {
  absl::MutexLock lock(&mu_);
  for (const Pending* part : {&pending_, &writing_}) {
    if (const auto found = part->find(ToAbsl(key)); found != part->end()) {
      return found->second;
    }
  }
  return std::nullopt;
}

// One drain runs at a time, which is what keeps writes of a key in order.
void WriteBehind::Drain() {
  while (true) {
    std::vector<Tier::Record> records;
    {
      absl::MutexLock lock(&mu_);
      writing_ = std::exchange(pending_, {});
      if (writing_.empty()) {
        draining_ = false;
        return;
      }
      records.reserve(writing_.size());
      for (const auto& [key, entry] : writing_) records.push_back({key, entry});
    }
    if (!tier_.Write(records).ok()) failed_.Add(records.size());
  }
}

}  // namespace vtlookup
