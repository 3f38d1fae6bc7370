#ifndef VTLOOKUP_SERVER_CLIENTS_CLIENT_USE_H_
#define VTLOOKUP_SERVER_CLIENTS_CLIENT_USE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/counter.h"
#include "core/mutex.h"

namespace vtlookup {

// What one client of the configuration has used since the start. Thread-safe.
struct ClientUse {
  Counter lookups;   // that its limit in a minute let through
  Counter refused;   // that this limit did not let through
  Counter requests;  // to VirusTotal, for its lookups
};

// The use of all clients, by their names. A client that a reload removes stays
// in the list, so that its counters do not go back. Thread-safe.
class ClientUses {
 public:
  // The most clients with counters of their own. Clients beyond this number
  // share one counter, kOthers.
  static constexpr size_t kMostClients = 1000;
  static constexpr char kOthers[] = "(others)";

  // Returns the counters of this client, which live as long as this object.
  // Adds them if there are none.
  ClientUse* For(const std::string& client) ABSL_LOCKS_EXCLUDED(mu_);

  // Counts requests to VirusTotal for a client. Does nothing for a client that
  // is none of the configuration.
  void AddRequests(std::string_view client, uint32_t requests)
      ABSL_LOCKS_EXCLUDED(mu_);

  struct Row {
    std::string client;
    uint64_t lookups = 0;
    uint64_t refused = 0;
    uint64_t requests = 0;
  };
  // Returns a row for each client, by name.
  std::vector<Row> All() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable Mutex mu_;
  std::map<std::string, std::unique_ptr<ClientUse>, std::less<>> uses_
      ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_CLIENT_USE_H_
