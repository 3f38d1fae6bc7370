#include "cache/cache.h"

#include <map>
#include <string>
#include <utility>

namespace vtlookup {

Cache::Cache(Options options, std::unique_ptr<Tier> tier,
             std::unique_ptr<Executor> executor)
    : memory_(options.memory_bytes, options.hot_size),
      tier_(std::move(tier)),
      writes_(*tier_, *executor, options.max_pending_bytes),
      executor_(std::move(executor)) {}

Cache::~Cache() { tier_->StopTending(); }

void Cache::Tend() {
  if (tending_.exchange(true)) return;
  executor_->Run([this] {
    tier_->Tend();
    writes_.Retry();
    tending_ = false;
  });
}

Cache::Peeked Cache::PeekMemory(std::string_view key) {
  std::optional<Entry> entry = memory_.Get(key);
  if (!entry.has_value()) entry = writes_.Get(key);
  if (!entry.has_value()) return {State::kUnknown, std::nullopt};
  return {State::kFound, Found{*std::move(entry), Level::kMemory}};
}

Cache::Peeked Cache::Peek(std::string_view key) {
  Peeked in_memory = PeekMemory(key);
  if (in_memory.state == State::kFound) return in_memory;
  Entry entry;
  switch (tier_->Peek(key, &entry)) {
    case Tier::Peeked::kFound:
      memory_.PutIfAbsent(key, entry);
      return {State::kFound, Found{std::move(entry), Level::kDisk}};
    case Tier::Peeked::kAbsent:
      return {State::kAbsent, std::nullopt};
    case Tier::Peeked::kUnknown:
      break;
  }
  return {State::kUnknown, std::nullopt};
}

void Cache::Read(std::vector<std::string> keys, ReadDone done) {
  executor_->Run(
      [this, keys = std::move(keys), done = std::move(done)]() mutable {
        std::vector<std::optional<Found>> found(keys.size());
        std::vector<absl::StatusOr<Entry>> entries = tier_->Get(keys);
        for (size_t i = 0; i < keys.size(); ++i) {
          if (!entries[i].ok()) continue;
          memory_.PutIfAbsent(keys[i], *entries[i]);
          found[i] = Found{*std::move(entries[i]), Level::kDisk};
        }
        std::move(done)(std::move(found));
      });
}

std::optional<Cache::Found> Cache::Get(std::string_view key) {
  Peeked peeked = Peek(key);
  if (peeked.state != State::kUnknown) return std::move(peeked.found);
  absl::StatusOr<Entry> entry = tier_->Get({std::string(key)}).front();
  if (!entry.ok()) return std::nullopt;
  return Found{*std::move(entry), Level::kDisk};
}

absl::Status Cache::Scan(std::string_view from, const Tier::Visit& visit) {
  // An entry in memory is at least as new as the entry in the tier.
  std::map<std::string, Entry> newer = memory_.From(from);
  writes_.AddFrom(from, &newer);
  auto next = newer.begin();
  bool more = true;
  absl::Status status =
      tier_->Scan(from, [&](std::string_view key, const Entry& entry) {
        while (more && next != newer.end() && next->first < key) {
          more = visit(next->first, next->second);
          ++next;
        }
        if (!more) return false;
        if (next != newer.end() && next->first == key) {
          more = visit(next->first, next->second);
          ++next;
        } else {
          more = visit(key, entry);
        }
        return more;
      });
  while (more && next != newer.end()) {
    more = visit(next->first, next->second);
    ++next;
  }
  return status;
}

bool Cache::Put(std::string_view key, const Entry& entry) {
  memory_.Put(key, entry);
  return writes_.Put(key, entry);
}

}  // namespace vtlookup
