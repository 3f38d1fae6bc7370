#include "server/misses/cache_check.h"

#include <utility>

#include "server/misses/refusals.h"
#include "server/verdicts/acceptance.h"

namespace vtlookup {

void CacheCheck::Check(std::vector<Arrival> arrivals) {
  std::vector<Arrival> unread;
  for (Arrival& arrival : arrivals) {
    std::optional<Cache::Found> found;
    if (!arrival.unread) {
      Cache::Peeked peeked = cache_.Peek(arrival.indicator.key());
      arrival.unread = peeked.state == Cache::State::kUnknown;
      found = std::move(peeked.found);
    }
    if (arrival.unread) {
      unread.push_back(std::move(arrival));
    } else {
      Decide(arrival.indicator, arrival.purpose, std::move(arrival.waiter),
             std::move(found));
    }
  }
  if (!unread.empty()) Read(std::move(unread));
}

void CacheCheck::Read(std::vector<Arrival> arrivals) {
  struct Reader {
    WaiterId id;
    Indicator indicator;
    Purpose purpose;
  };
  std::vector<Reader> readers;
  std::vector<std::string> keys;
  for (Arrival& arrival : arrivals) {
    if (absl::Status seated = TakeSeat(room_, arrival.waiter); !seated.ok()) {
      results_.Refuse(std::move(arrival.waiter), seated);
      continue;
    }
    const WaiterId id = arrival.waiter.id;
    reading_.emplace(id, std::move(arrival.waiter));
    keys.push_back(arrival.indicator.key());
    readers.push_back({id, std::move(arrival.indicator), arrival.purpose});
  }
  if (keys.empty()) return;
  // The cache may run the callback after `this` was destroyed, but not after
  // the loop was. So the callback touches only the loop.
  cache_.Read(
      std::move(keys),
      [this, &loop = loop_, readers = std::move(readers)](auto all) mutable {
        loop.Post([this, readers = std::move(readers),
                   all = std::move(all)]() mutable {
          for (size_t i = 0; i < readers.size(); ++i) {
            OnRead(readers[i].id, readers[i].indicator, readers[i].purpose,
                   std::move(all[i]));
          }
        });
      });
}

void CacheCheck::OnRead(WaiterId id, const Indicator& indicator,
                        Purpose purpose, std::optional<Cache::Found> found) {
  std::optional<Waiter> waiter = Take(id);
  if (!waiter.has_value()) return;  // the caller has left
  // While the disk was read, a flight may have stored a newer entry.
  Cache::Peeked there = cache_.Peek(indicator.key());
  if (there.found.has_value() &&
      (!found.has_value() ||
       IsNewer(there.found->entry, found->entry, clock_.Now()))) {
    found = std::move(there.found);
  }
  Decide(indicator, purpose, *std::move(waiter), std::move(found));
}

void CacheCheck::Decide(const Indicator& indicator, Purpose purpose,
                        Waiter waiter, std::optional<Cache::Found> found) {
  const absl::Time now = clock_.Now();
  const Want& want = waiter.want;
  const bool only = want.mode == Want::Mode::kCacheOnly;
  // A queued verdict is accepted here even if the waiter prefers a final one,
  // because Settle holds it back.
  if (found.has_value() &&
      (only ? AcceptsInstead(want, found->entry, now)
            : Accepts(want, indicator, found->entry, now))) {
    return results_.Settle(std::move(waiter), indicator,
                           CachedAnswer(indicator, *found, now));
  }
  if (only) return results_.Finish(std::move(waiter), NotCached());
  results_.Join(indicator, purpose, std::move(waiter), std::move(found));
}

std::optional<Waiter> CacheCheck::Take(WaiterId id) {
  auto node = reading_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

std::vector<Waiter> CacheCheck::TakeAll() {
  std::vector<Waiter> all;
  all.reserve(reading_.size());
  for (auto& [id, waiter] : std::exchange(reading_, {})) {
    all.push_back(std::move(waiter));
  }
  return all;
}

}  // namespace vtlookup
