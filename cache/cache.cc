#include "cache/cache.h"

#include <utility>

namespace vtlookup {

Cache::Cache(Options options, std::unique_ptr<Tier> tier,
             std::unique_ptr<Executor> executor)
    : memory_(options.memory_bytes),
      tier_(std::move(tier)),
      writes_(*tier_, *executor, options.max_pending_bytes),
      executor_(std::move(executor)) {}

Cache::Peeked Cache::Peek(std::string_view key) {
  if (std::optional<Entry> entry = memory_.Get(key); entry.has_value()) {
    return {State::kFound, Found{*std::move(entry), Place::kMemory}};
  }
  if (std::optional<Entry> entry = writes_.Get(key); entry.has_value()) {
    return {State::kFound, Found{*std::move(entry), Place::kMemory}};
  }
  Entry entry;
  switch (tier_->Peek(key, &entry)) {
    case Tier::Peeked::kFound:
      memory_.PutIfAbsent(key, entry);
      return {State::kFound, Found{std::move(entry), Place::kDisk}};
    case Tier::Peeked::kAbsent:
      return {State::kAbsent, std::nullopt};
    case Tier::Peeked::kUnknown:
      break;
  }
  return {State::kUnknown, std::nullopt};
}

void Cache::Read(std::string key, ReadDone done) {
  executor_->Run(
      [this, key = std::move(key), done = std::move(done)]() mutable {
        absl::StatusOr<Entry> entry = tier_->Get(key);
        if (!entry.ok()) {
          std::move(done)(std::nullopt);
          return;
        }
        memory_.PutIfAbsent(key, *entry);
        std::move(done)(Found{*std::move(entry), Place::kDisk});
      });
}

void Cache::Put(std::string_view key, const Entry& entry) {
  memory_.Put(key, entry);
  writes_.Put(key, entry);
}

}  // namespace vtlookup
