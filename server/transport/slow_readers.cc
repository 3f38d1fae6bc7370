#include "server/transport/slow_readers.h"

#include <algorithm>
#include <utility>

#include "core/text.h"

namespace vtlookup {
namespace {

const auto kEnough =
    static_cast<uint64_t>(SlowReaders::kBytesPerSecond *
                          absl::ToDoubleSeconds(SlowReaders::kPatience));

}  // namespace

std::vector<SlowReaders::Id> SlowReaders::Find(
    const std::vector<Reader>& readers, const UnsentBudget::ByConnection& held,
    absl::Duration passed) {
  std::vector<Id> slow;
  absl::flat_hash_map<Id, Watched> still_watched;
  for (const Reader& reader : readers) {
    const auto holds = held.find(ToAbsl(reader.name));
    if (holds == held.end()) continue;
    const auto before = watched_.find(reader.id);
    Watched watched =
        before == watched_.end()
            ? Watched{.sent_before = reader.sent, .least_held = holds->second}
            : before->second;
    if (before != watched_.end()) watched.lasts += passed;
    watched.least_held = std::min(watched.least_held, holds->second);
    if (watched.lasts < kPatience) {
      still_watched[reader.id] = watched;
    } else if (reader.sent - watched.sent_before <
               std::min(watched.least_held, kEnough)) {
      slow.push_back(reader.id);
    }
  }
  watched_ = std::move(still_watched);
  return slow;
}

}  // namespace vtlookup
