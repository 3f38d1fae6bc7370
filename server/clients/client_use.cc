#include "server/clients/client_use.h"

namespace vtlookup {

ClientUse* ClientUses::For(const std::string& client) {
  MutexLock lock(mu_);
  const bool full = uses_.size() >= kMostClients;
  const std::string& name =
      full && !uses_.contains(client) ? std::string(kOthers) : client;
  std::unique_ptr<ClientUse>& use = uses_[name];
  if (use == nullptr) use = std::make_unique<ClientUse>();
  return use.get();
}

void ClientUses::AddRequests(std::string_view client, uint32_t requests) {
  MutexLock lock(mu_);
  auto found = uses_.find(client);
  // Once the list is full, a client that is not in it is one of the others.
  if (found == uses_.end() && !client.empty()) {
    found = uses_.find(std::string_view(kOthers));
  }
  if (found != uses_.end()) found->second->requests.Add(requests);
}

std::vector<ClientUses::Row> ClientUses::All() const {
  MutexLock lock(mu_);
  std::vector<Row> rows;
  rows.reserve(uses_.size());
  for (const auto& [client, use] : uses_) {
    rows.push_back({.client = client,
                    .lookups = use->lookups.value(),
                    .refused = use->refused.value(),
                    .requests = use->requests.value()});
  }
  return rows;
}

}  // namespace vtlookup
