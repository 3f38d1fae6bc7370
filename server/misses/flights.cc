#include "server/misses/flights.h"

#include <utility>

namespace vtlookup {

absl::Status TakeSeat(WaitingRoom& room, Waiter& waiter) {
  if (waiter.seat.taken()) return absl::OkStatus();
  return room.Enter(waiter.requester.client, waiter.want.lane, &waiter.seat);
}

std::unique_ptr<const Cache::Found> PreviousOf(
    std::optional<Cache::Found> found) {
  return found.has_value()
             ? std::make_unique<const Cache::Found>(*std::move(found))
             : nullptr;
}

Flight* Flights::Find(const Indicator& indicator, Purpose purpose) const {
  const Table& table = TableOf(purpose);
  const auto found = table.find(indicator.key());
  return found == table.end() ? nullptr : found->second.get();
}

Flight& Flights::Add(Flight flight) {
  auto added = std::make_unique<Flight>(std::move(flight));
  const absl::string_view key = added->indicator.key();
  return *TableOf(added->purpose).emplace(key, std::move(added)).first->second;
}

std::unique_ptr<Flight> Flights::Remove(const Flight& flight) {
  return std::move(
      TableOf(flight.purpose).extract(flight.indicator.key()).mapped());
}

std::vector<std::unique_ptr<Flight>> Flights::RemoveAll() {
  std::vector<std::unique_ptr<Flight>> all;
  for (Table* table : {&reports_, &submissions_}) {
    for (auto& [key, flight] : *table) all.push_back(std::move(flight));
    table->clear();
  }
  return all;
}

}  // namespace vtlookup
