#include "cache/write_behind.h"

#include <utility>
#include <vector>

#include "core/text.h"

namespace vtlookup {
namespace {

// Written at once: enough to be efficient, little enough to be held twice.
constexpr size_t kSliceBytes = 4U << 20;

}  // namespace

WriteBehind::WriteBehind(Tier& tier, Executor& executor, size_t max_bytes)
    : tier_(tier), executor_(executor), max_bytes_(max_bytes) {}

bool WriteBehind::Put(std::string_view key, Entry entry) {
  {
    MutexLock lock(mu_);
    const size_t size = SizeOf(key, entry);
    const auto found = pending_.find(ToAbsl(key));
    const size_t freed =
        found == pending_.end() ? 0 : SizeOf(key, found->second);
    if (pending_bytes_ - freed + size > max_bytes_) {
      refused_.Add();
      return false;
    }
    pending_bytes_ += size - freed;
    if (found != pending_.end()) {
      found->second = std::move(entry);
    } else {
      pending_.emplace(std::string(key), std::move(entry));
    }
    if (std::exchange(draining_, true)) return true;
  }
  executor_.Run([this] { Drain(); });
  return true;
}

bool WriteBehind::HalfFull() {
  MutexLock lock(mu_);
  return pending_bytes_ > max_bytes_ / 2;
}

std::optional<Entry> WriteBehind::Get(std::string_view key) {
  MutexLock lock(mu_);
  for (const Pending* part : {&pending_, &writing_}) {
    if (const auto found = part->find(ToAbsl(key)); found != part->end()) {
      return found->second;
    }
  }
  return std::nullopt;
}

void WriteBehind::AddFrom(std::string_view from,
                          std::map<std::string, Entry>* found) {
  MutexLock lock(mu_);
  for (const Pending* part : {&pending_, &writing_}) {
    for (const auto& [key, entry] : *part) {
      if (key >= from) found->emplace(key, entry);
    }
  }
}

// Moves entries from `pending_` to `writing_`, and returns them; none: the
// drain is over.
std::vector<Tier::Record> WriteBehind::TakeSlice() {
  std::vector<Tier::Record> records;
  Pending written;  // freed after the lock
  MutexLock lock(mu_);
  written.swap(writing_);
  size_t bytes = 0;
  while (!pending_.empty() && bytes < kSliceBytes) {
    auto node = pending_.extract(pending_.begin());
    bytes += SizeOf(node.key(), node.mapped());
    records.push_back({node.key(), node.mapped()});
    writing_.insert(std::move(node));
  }
  pending_bytes_ -= bytes;
  if (records.empty()) draining_ = false;
  return records;
}

// One drain runs at a time, which is what keeps writes of a key in order.
void WriteBehind::Drain() {
  while (true) {
    const std::vector<Tier::Record> records = TakeSlice();
    if (records.empty()) return;
    if (!tier_.Write(records).ok()) failed_.Add(records.size());
  }
}

}  // namespace vtlookup
