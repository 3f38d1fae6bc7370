#include "server/connection_table.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

// How many of the received bytes these requests explain. TLS and frames add
// less than a tenth to a message.
uint64_t BytesOf(const Intake::Counts& counts) {
  return counts.bytes + counts.bytes / 10 +
         counts.calls * ConnectionTable::kOverheadOfCall;
}

uint64_t Less(uint64_t from, uint64_t what) {
  return from > what ? from - what : 0;
}

}  // namespace

ConnectionTable::Room ConnectionTable::RoomFor(const Peer& peer) const {
  if (connections_.size() >= limits_.max_connections) return Room::kFull;
  if (peer.local || limits_.max_per_address == 0) return Room::kEnough;
  const auto found = by_address_.find(peer.address);
  return found != by_address_.end() && found->second >= limits_.max_per_address
             ? Room::kAddressFull
             : Room::kEnough;
}

void ConnectionTable::Add(Id id, Peer peer) {
  ++by_address_[peer.address];
  connections_.emplace(id, Connection{.peer = std::move(peer)});
}

void ConnectionTable::Remove(Id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const auto count = by_address_.find(found->second.peer.address);
  if (--count->second == 0) by_address_.erase(count);
  connections_.erase(found);
}

std::vector<ConnectionTable::Id> ConnectionTable::ids() const {
  std::vector<Id> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  return ids;
}

std::vector<ConnectionTable::Id> ConnectionTable::MostSilent(
    std::vector<Sample> samples, size_t count, absl::Duration at_least) const {
  const auto most = std::max_element(
      by_address_.begin(), by_address_.end(),
      [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == by_address_.end()) return {};
  samples.erase(
      std::remove_if(samples.begin(), samples.end(),
                     [&](const Sample& sample) {
                       const auto found = connections_.find(sample.id);
                       return sample.silent < at_least ||
                              found == connections_.end() ||
                              found->second.peer.address != most->first;
                     }),
      samples.end());
  std::sort(
      samples.begin(), samples.end(),
      [](const Sample& a, const Sample& b) { return a.silent > b.silent; });
  std::vector<Id> ids;
  for (size_t i = 0; i < std::min(count, samples.size()); ++i) {
    ids.push_back(samples[i].id);
  }
  return ids;
}

void ConnectionTable::CountUnread(
    Connection* connection, uint64_t received,
    const std::map<std::string, Intake::Counts>& by_peer,
    absl::Duration passed) const {
  const auto taken = by_peer.find(connection->peer.name);
  const auto free = static_cast<uint64_t>(kFreeBytesPerSecond *
                                          absl::ToDoubleSeconds(passed));
  connection->unread =
      Less(connection->unread + received,
           free + (taken == by_peer.end() ? 0 : BytesOf(taken->second)));
}

std::vector<ConnectionTable::Id> ConnectionTable::Judge(
    const std::vector<Sample>& samples, const Intake::Counts& taken,
    const std::map<std::string, Intake::Counts>& by_peer, absl::Duration passed,
    bool held_up) {
  if (limits_.max_unread == 0) return {};
  uint64_t received = 0;
  uint64_t left = 0;
  std::vector<Id> cut;
  Connection* largest = nullptr;
  Id largest_id = 0;
  for (const Sample& sample : samples) {
    const auto found = connections_.find(sample.id);
    if (found == connections_.end()) continue;
    Connection& connection = found->second;
    const uint64_t fresh = Less(sample.received, connection.received);
    connection.received = sample.received;
    received += fresh;
    if (!looks_closer_) continue;
    CountUnread(&connection, fresh, by_peer, passed);
    left += connection.unread;
    if (connection.unread > limits_.max_unread) cut.push_back(sample.id);
    if (largest == nullptr || connection.unread > largest->unread) {
      largest = &connection;
      largest_id = sample.id;
    }
  }
  if (cut.empty() && largest != nullptr &&
      (left > limits_.max_unread_of_all ||
       (held_up && largest->unread > kHoldsUp))) {
    cut.push_back(largest_id);
  }
  const auto free = static_cast<uint64_t>(kFreeBytesPerSecond *
                                          absl::ToDoubleSeconds(passed) *
                                          static_cast<double>(samples.size()));
  const Intake::Counts since{.calls = taken.calls - taken_.calls,
                             .bytes = taken.bytes - taken_.bytes};
  unread_ = Less(unread_ + received, BytesOf(since) + free);
  taken_ = taken;
  looks_closer_ = unread_ > kSuspicious || left > 0;
  return cut;
}

}  // namespace vtlookup
