#include "server/transport/connection_table.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace vtlookup {
namespace {

// Returns the received bytes for which requests account. Frames and TLS add
// less than a tenth to a long message.
uint64_t BytesOf(const Intake::Counts& counts, absl::Duration passed) {
  const auto most_headers = static_cast<uint64_t>(
      ConnectionTable::kHeaderBytesPerSecond * absl::ToDoubleSeconds(passed));
  const auto most_cancelled = static_cast<uint64_t>(
      ConnectionTable::kCancelledPerSecond * absl::ToDoubleSeconds(passed));
  return counts.bytes + counts.bytes / 10 +
         std::min(counts.cancelled, most_cancelled) *
             ConnectionTable::kOverheadOfCancelled +
         counts.messages * ConnectionTable::kOverheadOfMessage +
         counts.calls * ConnectionTable::kOverheadOfCall +
         std::min(counts.headers, most_headers);
}

bool IsRapidReset(const Intake::Counts& counts, absl::Duration passed) {
  return static_cast<double>(counts.cancelled) >
         static_cast<double>(ConnectionTable::kMostCancelledPerSecond) *
             absl::ToDoubleSeconds(passed);
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

void ConnectionTable::CountUnread(const Sample& sample,
                                  const Intake::Counts& taken,
                                  absl::Duration passed,
                                  Connection* connection) {
  const uint64_t received = Less(sample.received, connection->received);
  const uint64_t sent = Less(sample.sent, connection->sent);
  connection->received = sample.received;
  connection->sent = sample.sent;
  const auto free = static_cast<uint64_t>(kFreeBytesPerSecond *
                                          absl::ToDoubleSeconds(passed)) +
                    sent / kPartForReplies;
  connection->unread =
      Less(connection->unread + received, free + BytesOf(taken, passed));
  connection->has_asked |= taken.messages > 0;
  const uint64_t server_took = Less(sample.received, sample.waiting);
  if (sample.waiting == 0 || server_took != connection->taken) {
    connection->unserved_for = absl::ZeroDuration();
  } else if (passed < kLongestPause) {
    connection->unserved_for += passed;
  }
  connection->taken = server_took;
  if (connection->unread <= kStuck || taken.messages > 0) {
    connection->stuck_for = absl::ZeroDuration();
    connection->stuck_at = connection->unread;
  } else {
    connection->stuck_for += passed;
  }
}

void ConnectionTable::CountUnseen(const Sample& sample,
                                  const Intake::Counts& taken,
                                  Connection* connection) {
  if (!sample.unanswered.has_value()) {
    connection->unanswered_at.reset();
    connection->unseen = 0;
    return;
  }
  if (!connection->unanswered_at.has_value()) {
    connection->unanswered_at = sample.unanswered;
    connection->cancelled = 0;
    return;
  }
  connection->cancelled += taken.cancelled;
  connection->unseen = Less(*sample.unanswered,
                            *connection->unanswered_at + connection->cancelled);
}

bool ConnectionTable::IsAttack(const Connection& connection,
                               const Intake::Counts& taken,
                               absl::Duration passed) const {
  return connection.unread > limits_.max_unread ||
         connection.unseen > kMostUnseen + limits_.max_streams ||
         (connection.unread > kResets && IsRapidReset(taken, passed));
}

bool ConnectionTable::IsStuck(const Connection& connection) {
  const double uploads =
      kUploadPerSecond * absl::ToDoubleSeconds(connection.stuck_for);
  return connection.stuck_for >= kStuckFor &&
         static_cast<double>(Less(connection.unread, connection.stuck_at)) <
             uploads;
}

bool ConnectionTable::AnyUnserved() const {
  return std::any_of(
      connections_.begin(), connections_.end(),
      [](const auto& each) { return each.second.unserved_for >= kUnserved; });
}

std::vector<ConnectionTable::Id> ConnectionTable::Stuck() const {
  absl::flat_hash_set<std::string> addresses;
  for (const auto& [id, connection] : connections_) {
    if (IsStuck(connection)) addresses.insert(connection.peer.address);
  }
  std::vector<Id> ids;
  for (const auto& [id, connection] : connections_) {
    const bool goes_with_others = !connection.has_asked &&
                                  connection.unread > kDrips &&
                                  connection.unread <= kStuck &&
                                  addresses.contains(connection.peer.address);
    if (goes_with_others || IsStuck(connection)) ids.push_back(id);
  }
  return ids;
}

std::vector<ConnectionTable::Id> ConnectionTable::MostUnread() const {
  std::vector<std::pair<uint64_t, Id>> unread;
  for (const auto& [id, connection] : connections_) {
    if (connection.unread > kDrips) unread.emplace_back(connection.unread, id);
  }
  std::sort(unread.rbegin(), unread.rend());
  std::vector<Id> ids;
  for (size_t i = 0; i < std::min(kCutAtOnce, unread.size()); ++i) {
    ids.push_back(unread[i].second);
  }
  return ids;
}

std::vector<ConnectionTable::Id> ConnectionTable::Judge(
    const std::vector<Sample>& samples, const Intake::ByPeer& taken,
    absl::Duration passed, bool held_up) {
  if (limits_.max_unread == 0) return {};
  uint64_t sum = 0;
  uint64_t most = 0;
  Id most_id = 0;
  std::vector<Id> cut;
  for (const Sample& sample : samples) {
    const auto found = connections_.find(sample.id);
    if (found == connections_.end()) continue;
    Connection& connection = found->second;
    const auto requests = taken.find(connection.peer.name);
    const Intake::Counts counts =
        requests == taken.end() ? Intake::Counts() : requests->second;
    CountUnread(sample, counts, passed, &connection);
    CountUnseen(sample, counts, &connection);
    sum += connection.unread;
    if (IsAttack(connection, counts, passed)) cut.push_back(sample.id);
    if (connection.unread > most) {
      most = connection.unread;
      most_id = sample.id;
    }
  }
  wants_headers_ = most > kSuspicious;
  wants_waiting_ = most > kStuck;
  held_up |= AnyUnserved();
  held_up_for_ = held_up ? held_up_for_ + passed : absl::ZeroDuration();
  since_held_up_ = held_up ? absl::ZeroDuration() : since_held_up_ + passed;
  if (cut.empty() && since_held_up_ < kAlert) cut = Stuck();
  if (cut.empty() && held_up_for_ >= kHeldUpLong) return MostUnread();
  if (cut.empty() &&
      (sum > limits_.max_unread_of_all || (held_up && most > kHoldsUp))) {
    cut.push_back(most_id);
  }
  return cut;
}

}  // namespace vtlookup
