#include "cache/write_behind.h"

#include <utility>
#include <vector>

#include "core/text.h"

namespace vtlookup {
namespace {

// Bytes of one write: enough to be efficient, and few enough to be in memory
// twice.
constexpr size_t kSliceBytes = 4U << 20;
// Bytes of one write after the tier has refused one: enough to see whether it
// takes entries again.
constexpr size_t kProbeBytes = 64U << 10;

}  // namespace

WriteBehind::WriteBehind(Tier& tier, Executor& executor, size_t max_bytes)
    : tier_(tier), executor_(executor), max_bytes_(max_bytes) {}

WriteBehind::~WriteBehind() { Drain(); }

bool WriteBehind::Put(std::string_view key, Entry entry) {
  bool taken = false;
  if (Take(key, std::move(entry), &taken)) {
    executor_.Run([this] { Drain(); });
  }
  return taken;
}

bool WriteBehind::Take(std::string_view key, Entry entry, bool* taken) {
  MutexLock lock(mu_);
  const size_t size = SizeOf(key, entry);
  const auto found = pending_.find(ToAbsl(key));
  if (found != pending_.end()) {
    bytes_ -= SizeOf(key, found->second.entry);
    pending_.erase(found);
  }
  *taken = bytes_ + size <= max_bytes_;
  if (*taken) {
    bytes_ += size;
    pending_.emplace(std::string(key), Waiting{std::move(entry)});
  } else {
    refused_.Add();
  }
  return !pending_.empty() && !std::exchange(draining_, true);
}

void WriteBehind::Retry() {
  {
    MutexLock lock(mu_);
    if (pending_.empty() || std::exchange(draining_, true)) return;
  }
  executor_.Run([this] { Drain(); });
}

bool WriteBehind::HalfFull() {
  MutexLock lock(mu_);
  return bytes_ > max_bytes_ / 2 && !stalled_;
}

size_t WriteBehind::waiting() {
  MutexLock lock(mu_);
  return bytes_;
}

std::optional<Entry> WriteBehind::Get(std::string_view key) {
  MutexLock lock(mu_);
  for (const Pending* part : {&pending_, &writing_}) {
    if (const auto found = part->find(ToAbsl(key)); found != part->end()) {
      return found->second.entry;
    }
  }
  return std::nullopt;
}

void WriteBehind::AddFrom(std::string_view from,
                          std::map<std::string, Entry>* found) {
  MutexLock lock(mu_);
  for (const Pending* part : {&pending_, &writing_}) {
    for (const auto& [key, waiting] : *part) {
      if (key >= from) found->emplace(key, waiting.entry);
    }
  }
}

// Moves entries from `pending_` to `writing_`, and returns them. If there are
// none, ends the drain.
std::vector<Tier::Record> WriteBehind::TakeSlice() {
  std::vector<Tier::Record> records;
  MutexLock lock(mu_);
  const size_t most = stalled_ ? kProbeBytes : kSliceBytes;
  size_t bytes = 0;
  while (!pending_.empty() && bytes < most) {
    auto node = pending_.extract(pending_.begin());
    bytes += SizeOf(node.key(), node.mapped().entry);
    records.push_back({node.key(), node.mapped().entry});
    writing_.insert(std::move(node));
  }
  if (records.empty()) draining_ = false;
  return records;
}

void WriteBehind::ForgetWritten() {
  Pending written;  // freed after the lock
  MutexLock lock(mu_);
  written.swap(writing_);
  stalled_ = false;
  for (const auto& [key, waiting] : written) {
    bytes_ -= SizeOf(key, waiting.entry);
  }
}

// A pending entry under the same key is newer, and stays.
void WriteBehind::PutBack() {
  MutexLock lock(mu_);
  while (!writing_.empty()) {
    auto node = writing_.extract(writing_.begin());
    if (!std::exchange(node.mapped().failed, true)) failed_.Add();
    const size_t size = SizeOf(node.key(), node.mapped().entry);
    if (!pending_.insert(std::move(node)).inserted) bytes_ -= size;
  }
  stalled_ = true;
  draining_ = false;
}

// Only one drain runs at a time; this keeps the writes of a key in order.
void WriteBehind::Drain() {
  while (true) {
    const std::vector<Tier::Record> records = TakeSlice();
    if (records.empty()) return;
    if (!tier_.Write(records).ok()) return PutBack();
    ForgetWritten();
  }
}

}  // namespace vtlookup
