#ifndef VTLOOKUP_SERVER_CLIENTS_AUTHORIZER_H_
#define VTLOOKUP_SERVER_CLIENTS_AUTHORIZER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/mutex.h"
#include "core/published.h"
#include "server/clients/call_origin.h"
#include "server/clients/caller.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Identifies clients and checks their roles. Thread-safe; Replace may be called
// at any time.
class Authorizer {
 public:
  explicit Authorizer(const v1::AuthConfig& config);

  // Replaces the rules for all later calls. A client that has the same name in
  // the new configuration keeps the used part of its limit.
  void Replace(const v1::AuthConfig& config) ABSL_LOCKS_EXCLUDED(mu_);

  // Returns the client that made the call, when it has `role`. Unauthenticated
  // when the call has no known token or certificate. PermissionDenied when the
  // client does not have the role.
  absl::StatusOr<Caller> Admit(const CallOrigin& origin, v1::Role role);

  // What the clients of the configuration have used.
  ClientUses& uses() { return uses_; }

 private:
  struct Client {
    std::string token_hash;  // SHA-256, 32 bytes; empty: no token is needed
    std::string certificate_name;
    Caller caller;
  };
  using Clients = std::vector<Client>;

  Clients ClientsOf(const v1::AuthConfig& config)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<Caller> Identify(const CallOrigin& origin) const;

  ClientUses uses_;
  Caller anyone_;  // every caller, when the configuration has no clients
  Mutex mu_;
  // The allowances by the client's name. They are never removed, because
  // Callers point to them.
  std::map<std::string, std::unique_ptr<LookupAllowance>> allowances_
      ABSL_GUARDED_BY(mu_);
  Published<Clients> clients_{Clients()};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_AUTHORIZER_H_
